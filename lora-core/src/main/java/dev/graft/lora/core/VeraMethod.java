package dev.graft.lora.core;

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
        Biases biases = Biases.read(settings, "vera_only");
        targets.recordLayout(settings);
        return new Placed(start, (site, parameters) -> {
            if (!targets.contains(site)) {
                return biases.elsewhere(site, parameters);
            }
            return new Scaled(
                    SharedProjections.declare(parameters.shared(), key, rank, targets.sites()),
                    parameters.trainable("vera_lambda_d", start ? Init.constant((float) first) : Init.normal(1), rank),
                    parameters.trainable("vera_lambda_b", start ? Init.zeros() : Init.constant(1f), site.outputSize()),
                    site,
                    dropout,
                    biases.at(site, parameters));
        });
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    /** With {@code init_weights} false b is not zero, as PEFT has it. */
    private record Placed(boolean startsAsBase, Injection places) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            return places.attach(site, parameters);
        }
    }

    /** y + b ((d (x A)) B): x [tokens, in], y [tokens, out]. */
    private record Scaled(SharedProjections random, Parameter d, Parameter b, Site site, double dropout, Hook bias)
            implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            Var down = random.down(context, site.inputSize());
            Var up = random.up(context, site.outputSize());
            Var low = context.dropout(x, dropout).linear(down, null).multiply(context.use(d));
            return bias.after(context, x, y.add(low.linear(up, null).multiply(context.use(b))));
        }
    }
}
