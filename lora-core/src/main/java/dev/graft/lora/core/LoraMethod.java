package dev.graft.lora.core;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.LowRankForm;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
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
    public boolean isAdapterHub(Map<String, ?> config) {
        return "add".equals(config.get("composition_mode")); // "scale" is its IA3
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        return new Placed(LoraSettings.read(settings, model));
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
        return OptionalDouble.of(1e-2);
    }

    /** The hooks of one adapter. */
    private record Placed(LoraSettings settings) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            Hook tokens = settings.tokens().at(site, parameters);
            Hook own = own(site, parameters);
            return own == Hook.NONE ? tokens : tokens == Hook.NONE ? own : new WithBias(own, tokens);
        }

        private Hook own(Site site, Parameters parameters) {
            if (!settings.targets().contains(site)) {
                return settings.biases().elsewhere(site, parameters);
            }
            if (site.slot() == Slot.WORDS) {
                return WordRows.declare(site, parameters, settings.rank(site), settings.scale(site));
            }
            LowRank product = LowRank.declare(site, parameters, settings);
            Hook low = settings.dora() ? Dora.declare(site, parameters, product) : product;
            Hook bias = settings.biases().at(site, parameters);
            return bias == Hook.NONE ? low : new WithBias(low, bias);
        }

        /** With {@code init_lora_weights} false or orthogonal neither A nor B is zero, as PEFT has it. */
        @Override
        public boolean startsAsBase() {
            return StartWord.leavesTheBase(settings.start());
        }

        /**
         * Of all but A and B: biases, and DoRA's lengths where directions are given. Not with a bias behind B, which is
         * scaled with it, nor at a table of words, whose product has other sides than a linear site's.
         */
        @Override
        public boolean combinesLinearly() {
            return !settings.upBias()
                    && settings.targets().sites().stream().noneMatch(site -> site.slot() == Slot.WORDS);
        }
    }
}
