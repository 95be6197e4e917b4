package dev.graft.selective.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * IA3, infused adapter by inhibiting and amplifying inner activations (Liu et al. 2022, arXiv 2205.05638, section 3.3):
 * keys and values are scaled by l_k and l_v, and what enters the second feed-forward projection by l_ff.
 *
 * <p>With the keys and the meaning of Hugging Face PEFT: the output of {@code target_modules} is scaled, bias included,
 * but for {@code feedforward_modules} the input. Stored as ia3_l, [out, 1] or [1, in]. As in PEFT, and unlike the other
 * keys, an entry of feedforward_modules fits every path that ends with its letters.
 */
public final class Ia3Method implements PeftMethod {
    @Override
    public String id() {
        return "ia3";
    }

    @Override
    public boolean isAdapterHub(Map<String, ?> config) {
        return "scale".equals(config.get("composition_mode")); // a LoRA there that scales
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        List<Site> linear =
                model.sites().stream().filter(site -> site.slot().isLinear()).toList();
        List<String> outputs = Targets.suffixes(model, Slot.KEY, Slot.VALUE);
        List<String> inputs = Targets.suffixes(model, Slot.MLP_DOWN);
        Targets targets = Targets.among(
                settings,
                linear,
                Stream.concat(outputs.stream(), inputs.stream()).toList(),
                model.headModules());
        List<Site> feedForward = targets.endings(settings, "feedforward_modules", inputs);
        boolean ones = settings.flag("init_ia3_weights", true);
        targets.recordLayout(settings);
        return new Scaling(targets, feedForward, ones);
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /** One vector a site. */
    private record Scaling(Targets targets, List<Site> feedForward, boolean startsAsBase) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            if (!targets.contains(site)) {
                return Hook.NONE;
            }
            Init start = startsAsBase ? Init.constant(1f) : Init.normal(1);
            if (feedForward.contains(site)) {
                return new Input(parameters.trainable("ia3_l", start, 1, site.inputSize()));
            }
            return new Output(parameters.trainable("ia3_l", start, site.outputSize(), 1));
        }

        /** In the distance of l from one. */
        @Override
        public boolean combinesLinearly() {
            return startsAsBase;
        }
    }

    /** x l, elementwise: l [1, in]. */
    private record Input(Parameter scale) implements Hook {
        @Override
        public Var before(Context context, Var x) {
            return x.multiply(context.use(scale).reshape(x.size(1)));
        }
    }

    /** y l, elementwise: l [out, 1]. */
    private record Output(Parameter scale) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return y.multiply(context.use(scale).reshape(y.size(1)));
        }
    }
}
