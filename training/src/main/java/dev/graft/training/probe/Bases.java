package dev.graft.training.probe;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Bases with random weights by their sizes, each made once. Not for several threads. */
final class Bases implements AutoCloseable {
    private final Map<ModelSizes, BaseModel> made = new HashMap<>();

    /** The base of these sizes; it stays this object's. */
    BaseModel get(ModelSizes sizes) {
        return made.computeIfAbsent(sizes, wanted -> BaseModel.random(wanted.config(), 1));
    }

    /** Number of trained elements of an adapter without a classifier. */
    long trained(ModelSizes sizes, PeftMethods methods, String method, Map<String, ?> settings) {
        try (Adapter adapter = Adapter.create(get(sizes), methods, method, settings, List.of(), 1)) {
            return adapter.trainedCount();
        }
    }

    @Override
    public void close() {
        made.values().forEach(BaseModel::close);
        made.clear();
    }
}
