package dev.graft.transformer.model;

import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.HeadParameters;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The classifier of an adapter that is made of several: their mean by the weights. A classifier is no change of something
 * that the base has, so half an adapter has all of it.
 */
final class SharedHead {
    private static final List<Function<HeadParameters, AdapterParameter>> TENSORS =
            List.of(HeadParameters::dense, HeadParameters::denseBias, HeadParameters::weight, HeadParameters::bias);

    private final List<WeightedAdapter> parts;

    SharedHead(List<WeightedAdapter> parts) {
        this.parts = parts;
    }

    /**
     * The labels of all of them.
     *
     * @throws SettingsException if they differ
     */
    List<String> labels() {
        List<String> labels = parts.get(0).adapter().labels();
        for (WeightedAdapter part : parts) {
            if (!part.adapter().labels().equals(labels)) {
                throw new SettingsException("the adapters have different labels: " + labels + " and "
                        + part.adapter().labels());
            }
        }
        return labels;
    }

    /**
     * True if they classify tokens.
     *
     * @throws SettingsException if some do and others do not
     */
    boolean perToken() {
        boolean first = parts.get(0).adapter().perToken();
        if (parts.stream().anyMatch(part -> part.adapter().perToken() != first)) {
            throw new SettingsException("some of the adapters classify tokens and others whole texts");
        }
        return first;
    }

    /**
     * Sets the classifier of an adapter.
     *
     * @throws SettingsException if the weights add up to zero
     */
    void write(Adapter into) {
        HeadParameters head = into.overlay().head();
        if (!head.exists()) {
            return;
        }
        double all = parts.stream().mapToDouble(WeightedAdapter::weight).sum();
        if (Math.abs(all) < 1e-6) {
            throw new SettingsException("the weights add up to " + all
                    + ", so that their classifiers have no mean; allowed with classifiers: weights with another sum");
        }
        for (Function<HeadParameters, AdapterParameter> tensor : TENSORS) {
            if (tensor.apply(head) != null) {
                Tiles.write(mean(tensor, all), tensor.apply(head).tensor());
            }
        }
    }

    private float[] mean(Function<HeadParameters, AdapterParameter> tensor, double all) {
        float[] mean = null;
        for (WeightedAdapter part : parts) {
            float[] own = tensor.apply(part.adapter().overlay().head()).tensor().toArray();
            float share = (float) (part.weight() / all);
            mean = mean == null ? new float[own.length] : mean;
            for (int i = 0; i < own.length; i++) {
                mean[i] += share * own[i];
            }
        }
        return mean;
    }

    /** The tensors of an adapter's classifier. */
    static Set<AdapterParameter> tensors(Adapter adapter) {
        Set<AdapterParameter> tensors = new HashSet<>();
        HeadParameters head = adapter.overlay().head();
        Stream.of(head.dense(), head.denseBias(), head.weight(), head.bias())
                .filter(Objects::nonNull)
                .forEach(tensors::add);
        return tensors;
    }
}
