package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.Arrays;

/**
 * A module that is trained and stored whole, as Hugging Face PEFT's {@code modules_to_save}: what the base computed there
 * is computed again with weights of the adapter's own, in the order of the base's file.
 *
 * @param site a linear site, a norm or a table of words
 * @param weight of the shape of the file
 * @param bias null where the base has none
 */
record SavedModule(ModelSite site, Parameter weight, Parameter bias) implements Hook {
    static Hook declare(ModelSite site, Parameters parameters) {
        FrozenWeight weight = site.frozenWeight().stored();
        FrozenWeight bias = site.frozenBias();
        return new SavedModule(
                site,
                parameters.trainable("weight", Init.copyOf(weight), weight.shape()),
                bias == null ? null : parameters.trainable("bias", Init.copyOf(bias), bias.shape()));
    }

    /** Stored, but not trained: a copy of a table of words that a file holds though nothing asks for it. */
    static Hook stored(ModelSite site, Parameters parameters, String name) {
        FrozenWeight weight = site.frozenWeight().stored();
        return new SavedModule(site, parameters.frozen(name, Init.copyOf(weight), weight.shape()), null);
    }

    @Override
    public Var after(Context context, Var x, Var y) {
        Var own = context.use(weight);
        Var shift = bias == null ? null : context.use(bias);
        if (site.slot().isLinear()) {
            return x.linear(site.isTransposed() ? own.transpose() : own, shift); // [out, in]
        }
        if (site.slot() == Slot.NORM) {
            Var scaled = x.multiply(own);
            double offset = site.norm().offset();
            Var whole = offset == 0 ? scaled : scaled.add(x.multiply(offset));
            return shift == null ? whole : whole.add(shift);
        }
        int[] ids = context.tokenIds();
        return own.gather(
                Arrays.copyOf(ids, Math.toIntExact(y.size(0)))); // rows behind the last token are read by nothing
    }
}
