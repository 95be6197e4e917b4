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
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.OptionalDouble;

/**
 * BitFit (Ben Zaken et al. 2022, arXiv 2106.10199, section 3): the biases of projections and norms are trained, and
 * nothing else: y = x W0 + b with W0 frozen.
 *
 * <p>{@code target_modules} can choose some of them, as the paper does with the biases of the queries and of the first
 * feed-forward projection. Each is stored whole under its own name.
 */
public final class BitFitMethod implements PeftMethod {
    @Override
    public String id() {
        return "bitfit";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        List<Site> biased =
                model.sites().stream().filter(site -> site.bias().isPresent()).toList();
        if (biased.isEmpty()) {
            throw new SettingsException("a " + model.modelType() + " model has no biases to train");
        }
        List<String> names = biased.stream()
                .map(site -> site.path().substring(site.path().lastIndexOf('.') + 1))
                .distinct()
                .toList();
        Targets targets = Targets.among(settings, biased, names);
        return Injection.linear((site, parameters) -> {
            if (!targets.contains(site)) {
                return Hook.NONE;
            }
            FrozenTensor frozen = site.bias().orElseThrow();
            return new Bias(parameters.trainable("bias", Init.copyOf(frozen), frozen.shape()), frozen);
        });
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /** y + (b - b0), so that a new adapter changes no bit of y: b, b0 [out]. */
    private record Bias(Parameter trained, FrozenTensor frozen) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return y.add(context.use(trained).subtract(context.frozen(frozen)));
        }
    }
}
