package dev.graft.peft.testkit;

import dev.graft.autograd.memory.Tiles;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Copies of an adapter's tensors. */
final class Values {
    private Values() {}

    /** The trained tensors by name. */
    static Map<String, float[]> trained(Adapter adapter) {
        return of(adapter, parameter -> parameter.kind() == Kind.TRAINED);
    }

    /** The tensors by name that training must not change. */
    static Map<String, float[]> fixed(Adapter adapter) {
        return of(adapter, parameter -> parameter.kind() == Kind.FROZEN || parameter.kind() == Kind.RANDOM);
    }

    private static Map<String, float[]> of(Adapter adapter, Predicate<AdapterParameter> wanted) {
        Map<String, float[]> values = new TreeMap<>();
        adapter.tensors().all().stream()
                .filter(wanted)
                .forEach(parameter ->
                        values.put(parameter.name(), parameter.tensor().toArray()));
        return values;
    }

    /** The tensors by name that the adapter's file holds. */
    static Map<String, float[]> stored(Adapter adapter) {
        Map<String, float[]> values = new TreeMap<>();
        adapter.tensors().stored().forEach(parameter -> values.put(parameter.name(), adapter.value(parameter)));
        return values;
    }

    /** True for a tensor of the task head, whose name's start depends on the method. */
    static boolean isHead(AdapterParameter parameter) {
        return parameter.name().contains(".classifier.");
    }

    /** Writes a tensor of the head to the one of another adapter's head. */
    static void copyHead(AdapterParameter from, Adapter to) {
        String end = from.name().substring(from.name().lastIndexOf(".classifier."));
        to.tensors().all().stream()
                .filter(parameter -> isHead(parameter) && parameter.name().endsWith(end))
                .forEach(parameter -> Tiles.write(from.tensor().toArray(), parameter.tensor()));
    }
}
