package dev.graft.selective.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Tuning of the norms alone (Zhao et al. 2023, arXiv 2312.11420, section 3; for BERT Qi et al. 2022): y = w n + b,
 * where n is normalised, with scale w and shift b trained.
 *
 * <p>Stored as Hugging Face PEFT's LN_TUNING does: ln_tuning_layers.weight and ln_tuning_layers.bias, [width].
 */
public final class LayerNormMethod implements PeftMethod {
    @Override
    public String id() {
        return "layer-norm";
    }

    @Override
    public String peftType() {
        return "LN_TUNING";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        List<Site> norms =
                model.sites().stream().filter(site -> site.slot() == Slot.NORM).toList();
        Targets targets = Targets.among(settings, norms, Targets.suffixes(model, Slot.NORM));
        return Injection.linear((site, parameters) -> {
            if (!targets.contains(site)) {
                return Hook.NONE;
            }
            FrozenTensor weight = site.weight().orElseThrow();
            FrozenTensor bias = site.bias().orElse(null);
            return new ScaleAndShift(
                    parameters.trainable("ln_tuning_layers.weight", Init.copyOf(weight), weight.shape()),
                    weight,
                    bias == null
                            ? null
                            : parameters.trainable("ln_tuning_layers.bias", Init.copyOf(bias), bias.shape()),
                    bias);
        });
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /** y + (w - w0) n + (b - b0), so that a new adapter changes no bit of y: n [tokens, width], all others [width]. */
    private record ScaleAndShift(Parameter weight, FrozenTensor weight0, Parameter bias, FrozenTensor bias0)
            implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            Var scaled = y.add(x.multiply(context.use(weight).subtract(context.frozen(weight0))));
            return bias == null ? scaled : scaled.add(context.use(bias).subtract(context.frozen(bias0)));
        }
    }
}
