package dev.graft.lora.core;

import dev.graft.autograd.CounterRandom;
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
import java.util.OptionalDouble;

/**
 * VeRA, vector-based random matrix adaptation (Kopiczko et al. 2023, arXiv 2310.11454, equation 2): y = x W0 + b ((d (x
 * A)) B), where A and B are random, frozen and shared by all sites, and the vectors d and b are trained.
 *
 * <p>Stored as Hugging Face PEFT does: vera_lambda_d [r], vera_lambda_b [out], and once base_model.vera_A [r, largest in]
 * and base_model.vera_B [largest out, r], of which a smaller site uses the first columns and rows. Their numbers follow
 * from {@code projection_prng_key}, but are others than PyTorch's.
 */
public final class VeraMethod implements PeftMethod {
    @Override
    public String id() {
        return "vera";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        int rank = settings.integer("r", 256, 1, Integer.MAX_VALUE);
        Targets targets = Targets.read(settings, model, Targets.suffixes(model, Slot.QUERY, Slot.VALUE));
        int key = settings.integer("projection_prng_key", 0, 0, Integer.MAX_VALUE);
        if (!settings.flag("save_projection", true)) {
            throw settings.wrong(
                    "save_projection",
                    false,
                    "true; without the projections PEFT draws them again with PyTorch's random numbers: save the "
                            + "adapter with save_projection=True");
        }
        double dropout = settings.number("vera_dropout", 0, 0, Math.nextDown(1.0));
        double first = settings.number("d_initial", 0.1, -Double.MAX_VALUE, Double.MAX_VALUE);
        boolean start = settings.flag("init_weights", true);
        String bias = settings.choice("bias", "none", "none", "vera_only", "all");
        targets.recordLayout(settings);
        int in = targets.sites().stream().mapToInt(Site::inputSize).max().orElseThrow();
        int out = targets.sites().stream().mapToInt(Site::outputSize).max().orElseThrow();
        return new Placed(start, (site, parameters) -> {
            if (!targets.contains(site)) {
                return bias.equals("all") ? TrainedBias.plain(site, parameters) : Hook.NONE;
            }
            Parameters shared = parameters.shared();
            return new Scaled(
                    shared.frozen("base_model.vera_A", kaiming(key, "A", in), rank, in),
                    shared.frozen("base_model.vera_B", kaiming(key, "B", rank), out, rank),
                    parameters.trainable("vera_lambda_d", start ? Init.constant((float) first) : Init.normal(1), rank),
                    parameters.trainable("vera_lambda_b", start ? Init.zeros() : Init.constant(1f), site.outputSize()),
                    site,
                    dropout,
                    bias.equals("none") ? Hook.NONE : TrainedBias.adapted(site, parameters));
        });
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    /** Kaiming's uniform for ReLU: between -sqrt(6 / fan) and sqrt(6 / fan), the same for all adapters of a key. */
    private static Init kaiming(int key, String name, int fan) {
        double bound = Math.sqrt(6.0 / fan);
        return (start, values) -> {
            CounterRandom random = new CounterRandom(key).with("vera").with(name);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.uniform(i) - 1) * bound);
            }
        };
    }

    /** With {@code init_weights} false b is not zero, as PEFT has it. */
    private record Placed(boolean startsAsBase, Injection places) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            return places.attach(site, parameters);
        }
    }

    /** y + b ((d (x A)) B): x [tokens, in], y [tokens, out]. */
    private record Scaled(
            Parameter a, Parameter b, Parameter lambdaD, Parameter lambdaB, Site site, double dropout, Hook bias)
            implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            Var down = context.use(a);
            Var up = context.use(b);
            if (down.size(1) != site.inputSize()) {
                down = context.once(
                        List.of(a, site.inputSize()), () -> context.use(a).columns(0, site.inputSize()));
            }
            Var low = context.dropout(x, dropout).linear(down, null).multiply(context.use(lambdaD));
            Var high = low.linear(up.rows(0, site.outputSize()), null).multiply(context.use(lambdaB));
            return bias.after(context, x, y.add(high));
        }
    }
}
