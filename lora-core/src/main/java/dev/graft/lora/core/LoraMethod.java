package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Patterns;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.OptionalDouble;

/**
 * LoRA, low-rank adaptation (Hu et al. 2021, arXiv 2106.09685, equation 3): y = x W0 + s (x A) B with W0 frozen.
 *
 * <p>The scale s is alpha / r, or alpha / sqrt(r) with {@code use_rslora} (Kalajdzievski 2023). A and B are stored as
 * Hugging Face PEFT does: lora_A.weight [r, in], lora_B.weight [out, r].
 */
public final class LoraMethod implements PeftMethod {
    @Override
    public String id() {
        return "lora";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        int rank = settings.integer("r", 8, 1, Integer.MAX_VALUE);
        double alpha = settings.number("lora_alpha", 8, Double.MIN_VALUE, Double.MAX_VALUE);
        double dropout = settings.number("lora_dropout", 0, 0, Math.nextDown(1.0));
        Targets targets = Targets.read(settings, model, List.of("query", "value"));
        Patterns ranks = Patterns.read(settings, "rank_pattern", targets.sites());
        Patterns alphas = Patterns.read(settings, "alpha_pattern", targets.sites());
        boolean rankStabilised = settings.flag("use_rslora", false);
        String start = settings.choice("init_lora_weights", "true", "true", "false", "gaussian", "a_zero", "zero");
        if (start.equals("zero")) {
            throw settings.wrong(
                    "init_lora_weights",
                    start,
                    "true, gaussian, a_zero; with A and B both zero "
                            + "the gradient of A is a product with B and that of B a product with A: both stay zero for ever");
        }
        if (start.equals("a_zero")) {
            settings.record(
                    "init_lora_weights", true); // PEFT does not know the word, and a stored adapter has its values
        }
        settings.inert("megatron_core");
        settings.inert("qalora_group_size");
        String bias = settings.choice("bias", "none", "none", "lora_only", "all");
        Injection injection = (site, parameters) -> {
            if (!targets.contains(site)) {
                return bias.equals("all") ? trainedBias(site, parameters, "bias") : Hook.NONE;
            }
            int r = ranks.whole(site, rank);
            double a = alphas.number(site, alpha);
            double scale = rankStabilised ? a / Math.sqrt(r) : a / r;
            Hook biasHook = bias.equals("none") ? Hook.NONE : trainedBias(site, parameters, "base_layer.bias");
            return new LowRank(
                    parameters.trainable("lora_A.weight", startOfA(start, r, site), r, site.inputSize()),
                    parameters.trainable("lora_B.weight", startOfB(start, r), site.outputSize(), r),
                    scale,
                    dropout,
                    biasHook);
        };
        return start.equals("false") ? new RandomStart(injection) : injection;
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-3);
    }

    /** PEFT's default is Kaiming's uniform with a = sqrt(5): between -1/sqrt(in) and 1/sqrt(in). */
    private static Init startOfA(String start, int rank, Site site) {
        return switch (start) {
            case "gaussian" -> Init.normal(1.0 / rank);
            case "a_zero" -> Init.zeros();
            default -> Init.uniform(1 / Math.sqrt(site.inputSize()));
        };
    }

    private static Init startOfB(String start, int rank) {
        return switch (start) {
            case "a_zero" -> Init.normal(1.0 / rank);
            case "false" -> Init.uniform(1 / Math.sqrt(rank));
            default -> Init.zeros();
        };
    }

    /** With {@code init_lora_weights} false neither A nor B is zero, as PEFT has it. */
    private record RandomStart(Injection injection) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            return injection.attach(site, parameters);
        }

        @Override
        public boolean startsAsBase() {
            return false;
        }
    }

    /** A site's bias as a trained copy; sites without one are left alone. */
    private static Hook trainedBias(Site site, Parameters parameters, String name) {
        return site.bias()
                .<Hook>map(frozen -> {
                    Parameter bias = parameters.trainable(name, Init.copyOf(frozen), frozen.shape());
                    return new Hook() {
                        @Override
                        public Var after(Context context, Var x, Var y) {
                            return y.add(context.use(bias).subtract(context.frozen(frozen)));
                        }
                    };
                })
                .orElse(Hook.NONE);
    }

    /** What LoRA does at one site. */
    private record LowRank(Parameter a, Parameter b, double scale, double dropout, Hook bias) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            Var low = context.dropout(x, dropout).linear(context.use(a), null);
            return bias.after(context, x, y.addProduct(low, context.use(b), scale));
        }
    }
}
