package dev.graft.transformer.model;

import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.architecture.WeightSource;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.weights.FrozenWeight;
import dev.graft.transformer.model.weights.OwnedWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights of a base with some of them replaced, and an adapter's classifier. */
final class MergedWeights implements WeightSource, AutoCloseable {
    static final String CLASSIFIER = "classifier.weight";
    static final String CLASSIFIER_BIAS = "classifier.bias";

    private final OwnedWeights memory = new OwnedWeights();
    private final Map<String, FrozenWeight> weights = new LinkedHashMap<>();

    /**
     * Replaces weights.
     *
     * @param changed by their names in the checkpoint; of the shapes that they had
     */
    MergedWeights(Transformer base, Map<String, float[]> changed, Adapter adapter) {
        for (FrozenWeight weight : base.weights()) {
            float[] values = changed.get(weight.name());
            weights.put(weight.name(), values == null ? weight : freeze(weight.name(), values, weight.shape()));
        }
        AdapterParameter head = adapter.overlay().classifierWeight();
        if (head != null) {
            keep(CLASSIFIER, head);
            keep(CLASSIFIER_BIAS, adapter.overlay().classifierBias());
        } else if (base.classifierWeight() != null) {
            weights.put(CLASSIFIER, base.classifierWeight());
            weights.put(CLASSIFIER_BIAS, base.classifierBias());
        }
    }

    private void keep(String name, AdapterParameter parameter) {
        weights.put(name, freeze(name, parameter.tensor().toArray(), parameter.shape()));
    }

    private FrozenWeight freeze(String name, float[] values, long... shape) {
        return memory.freeze(
                name, (index, into, length) -> System.arraycopy(values, (int) index, into, 0, length), shape);
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
