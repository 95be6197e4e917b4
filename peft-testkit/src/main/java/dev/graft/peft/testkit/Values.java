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

    /** Copies the tensors of an adapter's task head to an adapter that is a head and nothing else. */
    static void copyHead(Adapter from, Adapter head) {
        for (AdapterParameter to : head.tensors().trained()) {
            from.tensors().trained().stream()
                    .filter(parameter -> module(parameter).equals(module(to)))
                    .forEach(parameter -> Tiles.write(parameter.tensor().toArray(), to.tensor()));
        }
    }

    /** A tensor's name in the model: what stands in front of it depends on the method. */
    private static String module(AdapterParameter parameter) {
        return parameter.name().replaceFirst("^base_model\\.(model\\.)?", "");
    }
}
