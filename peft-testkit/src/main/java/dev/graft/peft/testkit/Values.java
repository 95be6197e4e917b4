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

    /** Writes a tensor's values to the tensor of the same name of another adapter. */
    static void copy(AdapterParameter from, Adapter to) {
        to.tensors().all().stream()
                .filter(parameter -> parameter.name().equals(from.name()))
                .forEach(parameter -> Tiles.write(from.tensor().toArray(), parameter.tensor()));
    }
}
