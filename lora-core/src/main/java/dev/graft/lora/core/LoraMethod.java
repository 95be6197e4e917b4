package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.LowRankForm;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.Patterns;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * LoRA, low-rank adaptation (Hu et al. 2021, arXiv 2106.09685, equation 3): y = x W0 + s (x A) B with W0 frozen.
 *
 * <p>The scale s is alpha / r, or alpha / sqrt(r) with {@code use_rslora} (Kalajdzievski 2023). A and B are stored as
 * Hugging Face PEFT does: lora_A.weight [r, in], lora_B.weight [out, r]. {@code loraplus_lr_ratio} is the factor on the
 * learning rate of B (LoRA+, Hayou et al. 2024, arXiv 2402.12354, section 4); {@code lora_fa} freezes A (LoRA-FA, Zhang et
 * al. 2023, arXiv 2308.03303, equation 3). PEFT has both in its optimizers, so they stand in graft.json.
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
        Targets targets = Targets.read(settings, model, Targets.suffixes(model, Slot.QUERY, Slot.VALUE));
        Patterns ranks = Patterns.read(settings, "rank_pattern", targets.sites());
        Patterns alphas = Patterns.read(settings, "alpha_pattern", targets.sites());
        boolean rankStabilised = settings.flag("use_rslora", false);
        String start = start(settings);
        targets.sites().forEach(site -> LoraStart.check(settings, start, ranks.whole(site, rank), site));
        boolean dora = settings.flag("use_dora", false);
        if (dora && (start.equals("pissa") || start.equals("olora"))) {
            throw settings.wrong("use_dora", true, "false with init_lora_weights=" + start);
        }
        double ratio = optional(settings, "loraplus_lr_ratio")
                ? settings.number("loraplus_lr_ratio", 1, Double.MIN_VALUE, Double.MAX_VALUE)
                : 1;
        boolean frozenA = optional(settings, "lora_fa") && settings.flag("lora_fa", false);
        List.of("megatron_core", "qalora_group_size", "fan_in_fan_out").forEach(settings::inert);
        String bias = settings.choice("bias", "none", "none", "lora_only", "all");
        return new Placed(start.equals("false"), (site, parameters) -> {
            if (!targets.contains(site)) {
                return bias.equals("all") ? TrainedBias.plain(site, parameters) : Hook.NONE;
            }
            int r = ranks.whole(site, rank);
            double a = alphas.number(site, alpha);
            double scale = rankStabilised ? a / Math.sqrt(r) : a / r;
            LoraStart first = LoraStart.of(start, r, scale, site);
            LowRank product = LowRank.declare(site, parameters, first, r, ratio, frozenA, scale, dropout);
            Hook low = dora
                    ? Dora.declare(site, parameters, product)
                    : first.isDecomposition() ? Remainder.declare(site, parameters, first, product) : product;
            return bias.equals("none") ? low : new Both(low, TrainedBias.adapted(site, parameters));
        });
    }

    /** True if a key that PEFT does not know is given. */
    private static boolean optional(Settings settings, String key) {
        settings.beyondPeft(key);
        settings.known(key);
        return settings.has(key);
    }

    private static String start(Settings settings) {
        String start = settings.choice("init_lora_weights", "true", LoraStart.words());
        if (start.equals("zero")) {
            throw settings.wrong(
                    "init_lora_weights",
                    start,
                    "true, gaussian, a_zero, pissa, olora; with A and B both zero "
                            + "the gradient of A is a product with B and that of B a product with A: both stay zero for ever");
        }
        if (start.equals("a_zero")) {
            settings.record(
                    "init_lora_weights", true); // PEFT does not know the word, and a stored adapter has its values
        }
        return start;
    }

    @Override
    public Map<String, Map<String, ?>> presets() {
        return Map.of(
                "dora", Map.of("use_dora", true),
                "pissa", Map.of("init_lora_weights", "pissa"),
                "olora", Map.of("init_lora_weights", "olora"),
                "rslora", Map.of("use_rslora", true));
    }

    @Override
    public Optional<LowRankForm> lowRankForm() {
        return Optional.of(new LoraForm());
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-3);
    }

    /** With {@code init_lora_weights} false neither A nor B is zero, as PEFT has it. */
    private record Placed(boolean startsElsewhere, Injection places) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            return places.attach(site, parameters);
        }

        @Override
        public boolean startsAsBase() {
            return !startsElsewhere;
        }
    }

    /** y + s (x A) B: x [tokens, in], y [tokens, out]. */
    record LowRank(Parameter a, Parameter b, double scale, double dropout) implements Hook {
        private static LowRank declare(
                Site site,
                Parameters parameters,
                LoraStart start,
                int rank,
                double ratio,
                boolean frozenA,
                double scale,
                double dropout) {
            int in = site.inputSize();
            Parameter a = frozenA
                    ? parameters.frozen("lora_A.weight", start.a(), rank, in)
                    : parameters.trainable("lora_A.weight", start.a(), rank, in);
            Parameter b =
                    parameters.trainable("lora_B.weight", start.b(), new Tuning(ratio, true), site.outputSize(), rank);
            return new LowRank(a, b, scale, dropout);
        }

        @Override
        public Var after(Context context, Var x, Var y) {
            return y.addProduct(context.dropout(x, dropout).linear(context.use(a), null), context.use(b), scale);
        }
    }

    /** y + s (x A B - x A0 B0), the difference first, so that a new adapter changes no bit of y. */
    private record Remainder(LowRank product, Parameter a0, Parameter b0) implements Hook {
        private static Remainder declare(Site site, Parameters parameters, LoraStart start, LowRank product) {
            return new Remainder(
                    product,
                    parameters.frozenRandom("lora_A0", start.a(), 0, product.a().shape()),
                    parameters.frozenRandom("lora_B0", start.b(), 0, product.b().shape()));
        }

        @Override
        public Var after(Context context, Var x, Var y) {
            Var low = context.dropout(x, product.dropout()).linear(context.use(product.a()), null);
            Var low0 = x.linear(context.use(a0), null);
            Var change = low.multiply(product.scale()).linear(context.use(product.b()), null);
            return y.add(change.subtract(low0.multiply(product.scale()).linear(context.use(b0), null)));
        }
    }

    /** Two hooks, one after the other. */
    private record Both(Hook first, Hook second) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return second.after(context, x, first.after(context, x, y));
        }
    }
}
