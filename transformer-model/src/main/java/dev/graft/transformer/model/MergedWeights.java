package dev.graft.transformer.model;

import dev.graft.transformer.model.architecture.ClassifierHead;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.architecture.WeightSource;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.HeadParameters;
import dev.graft.transformer.model.weights.FrozenWeight;
import dev.graft.transformer.model.weights.OwnedWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The weights of a base with some of them replaced, and an adapter's classifier. */
final class MergedWeights implements WeightSource, AutoCloseable {
    private static final String ROOT = "base_model.model.";

    private final OwnedWeights memory = new OwnedWeights();
    private final Map<String, FrozenWeight> weights = new LinkedHashMap<>();
    private final boolean untied;

    /**
     * Replaces weights.
     *
     * @param changed by their names in the checkpoint; of the shapes that they had
     */
    MergedWeights(Transformer base, Map<String, float[]> changed, Adapter adapter) {
        for (FrozenWeight weight : base.weights()) {
            float[] values = changed.get(weight.name());
            weights.put(weight.name(), values == null ? weight.stored() : changed(weight, values));
        }
        String projection =
                base.language() == null ? null : base.language().plan().weight();
        untied = changed.containsKey(projection) && !weights.containsKey(projection);
        if (untied) {
            long[] shape = base.language().site().frozenWeight().shape();
            weights.put(projection, freeze(projection, changed.get(projection), shape));
        }
        base.buffers().forEach(buffer -> weights.put(buffer.name(), buffer));
        HeadParameters trained = adapter.overlay().head();
        ClassifierHead head = base.head();
        if (trained.exists()) {
            Stream.of(trained.dense(), trained.denseBias(), trained.weight(), trained.bias())
                    .filter(Objects::nonNull)
                    .forEach(this::keep);
        } else if (base.tokens() != null && base.tokens().own()) {
            Stream.of(base.tokens().weight(), base.tokens().bias())
                    .forEach(weight -> weights.put(weight.name(), weight));
        } else {
            Stream.of(head.dense(), head.denseBias(), head.weight(), head.bias())
                    .filter(Objects::nonNull)
                    .forEach(weight -> weights.put(weight.name(), weight));
        }
    }

    private void keep(AdapterParameter parameter) {
        String name = parameter.name().substring(ROOT.length());
        weights.put(name, freeze(name, parameter.tensor().toArray(), parameter.shape()));
    }

    /** New values [out, in] as the weight lies in the checkpoint. */
    private FrozenWeight changed(FrozenWeight weight, float[] values) {
        if (!weight.isTransposed()) {
            return freeze(weight.name(), values, weight.shape());
        }
        int out = (int) weight.shape()[0];
        int in = (int) weight.shape()[1];
        float[] turned = new float[values.length];
        for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
                turned[j * out + i] = values[i * in + j];
            }
        }
        return freeze(weight.name(), turned, in, out);
    }

    private FrozenWeight freeze(String name, float[] values, long... shape) {
        return memory.freeze(
                name, (index, into, length) -> System.arraycopy(values, (int) index, into, 0, length), shape);
    }

    /** True if the output projection was the table of words and is a weight of its own now. */
    boolean untied() {
        return untied;
    }

    /** All of them by name. */
    Map<String, FrozenWeight> all() {
        return weights;
    }

    @Override
    public boolean has(String name) {
        return weights.containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return weights.get(name).shape();
    }

    @Override
    public FrozenWeight get(String name, long... shape) {
        FrozenWeight weight = weights.get(name);
        if (weight == null || !Arrays.equals(weight.shape(), shape)) {
            throw new IllegalArgumentException("weight " + name + " is missing or has another shape");
        }
        return weight;
    }

    @Override
    public void close() {
        memory.close();
    }
}
