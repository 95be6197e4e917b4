package dev.graft.transformer.model.architecture;

import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.Optional;

/**
 * A site with its frozen weights.
 *
 * @param path the Hugging Face module path
 * @param slot which part of the Transformer
 * @param layer from 0; -1 outside the layers
 * @param side the stack
 * @param inputSize features that enter
 * @param outputSize features that leave
 * @param frozenWeight [output, input] or [width], or null
 * @param frozenBias [output], or null
 * @param whole the fused projection that this is a part of, or null
 * @param norm how a norm normalises; null elsewhere
 */
public record ModelSite(
        String path,
        Slot slot,
        int layer,
        Side side,
        int inputSize,
        int outputSize,
        FrozenWeight frozenWeight,
        FrozenWeight frozenBias,
        ModelSite whole,
        NormKind norm)
        implements Site {
    /** A site that is no norm. */
    public ModelSite(
            String path,
            Slot slot,
            int layer,
            Side side,
            int inputSize,
            int outputSize,
            FrozenWeight frozenWeight,
            FrozenWeight frozenBias,
            ModelSite whole) {
        this(path, slot, layer, side, inputSize, outputSize, frozenWeight, frozenBias, whole, null);
    }

    @Override
    public Optional<FrozenTensor> weight() {
        return Optional.ofNullable(frozenWeight);
    }

    @Override
    public boolean isTransposed() {
        return frozenWeight != null && frozenWeight.isTransposed();
    }

    @Override
    public Optional<FrozenTensor> bias() {
        return whole == null ? Optional.ofNullable(frozenBias) : Optional.empty();
    }

    @Override
    public Optional<Site> partOf() {
        return Optional.ofNullable(whole);
    }

    /** Two sites are the same if they are the same place; weights do not count. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ModelSite that && path.equals(that.path) && slot == that.slot;
    }

    @Override
    public int hashCode() {
        return path.hashCode() * 31 + slot.hashCode();
    }

    @Override
    public String toString() {
        return path;
    }
}
