package dev.graft.lora.core;

import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Patterns;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.Set;

/**
 * What LoRA is told, with the keys of Hugging Face PEFT's LoraConfig.
 *
 * @param targets where it acts
 * @param r rank
 * @param ranks where it is another
 * @param alpha numerator of the scale
 * @param alphas where it is another
 * @param rankStabilised true for a scale of alpha / sqrt(r)
 * @param dropout on the input of A, in training
 * @param start word of {@code init_lora_weights}
 * @param dora true to train directions and lengths apart
 * @param ratio factor on the learning rate of B
 * @param frozenA true to train B alone
 * @param upBias true for a bias behind B
 * @param biases that are trained
 * @param tokens whose rows of the table of words are trained
 */
record LoraSettings(
        Targets targets,
        int r,
        Patterns ranks,
        double alpha,
        Patterns alphas,
        boolean rankStabilised,
        double dropout,
        String start,
        boolean dora,
        double ratio,
        boolean frozenA,
        boolean upBias,
        Biases biases,
        TrainedTokens tokens) {
    static LoraSettings read(Settings settings, ModelShape model) {
        int rank = settings.integer("r", 8, 1, Integer.MAX_VALUE);
        double alpha = settings.number("lora_alpha", 8, Double.MIN_VALUE, Double.MAX_VALUE);
        double dropout = settings.number("lora_dropout", 0, 0, Math.nextDown(1.0));
        Targets targets =
                Targets.read(settings, model, Targets.suffixes(model, Slot.QUERY, Slot.VALUE), Set.of(Slot.WORDS));
        Patterns ranks = Patterns.read(settings, "rank_pattern", targets.sites());
        Patterns alphas = Patterns.read(settings, "alpha_pattern", targets.sites());
        boolean rankStabilised = settings.flag("use_rslora", false);
        String start = StartWord.read(settings);
        targets.sites().forEach(site -> StartWord.check(settings, start, ranks.whole(site, rank), site));
        boolean dora = settings.flag("use_dora", false);
        boolean upBias = settings.flag("lora_bias", false);
        checkWords(settings, targets, start, dora, upBias);
        double ratio = optional(settings, "loraplus_lr_ratio")
                ? settings.number("loraplus_lr_ratio", 1, Double.MIN_VALUE, Double.MAX_VALUE)
                : 1;
        boolean frozenA = optional(settings, "lora_fa") && settings.flag("lora_fa", false);
        List.of("megatron_core", "qalora_group_size").forEach(settings::inert);
        targets.recordLayout(settings);
        Biases biases = Biases.read(settings, "lora_only");
        TrainedTokens tokens = TrainedTokens.read(settings, model);
        checkTying(settings, targets);
        return new LoraSettings(
                targets,
                rank,
                ranks,
                alpha,
                alphas,
                rankStabilised,
                dropout,
                start,
                dora,
                ratio,
                frozenA,
                upBias,
                biases,
                tokens);
    }

    /** It says something of the table of words only; trained tokens are tied without it. */
    private static void checkTying(Settings settings, Targets targets) {
        settings.known("ensure_weight_tying");
        if (settings.has("ensure_weight_tying") && settings.flag("ensure_weight_tying", false)) {
            boolean words =
                    targets.sites().stream().anyMatch(site -> site.slot() == Slot.WORDS || site.slot() == Slot.HEAD);
            if (words || settings.has("modules_to_save")) {
                throw settings.wrong(
                        "ensure_weight_tying",
                        true,
                        "false where the table of words or the output projection is adapted");
            }
        }
    }

    private static void checkWords(Settings settings, Targets targets, String start, boolean dora, boolean upBias) {
        if (dora && upBias) {
            throw settings.wrong("lora_bias", true, "false with use_dora");
        }
        boolean words = targets.sites().stream().anyMatch(site -> site.slot() == Slot.WORDS);
        if (words && (dora || upBias)) {
            throw settings.wrong(
                    dora ? "use_dora" : "lora_bias", true, "false where target_modules has a table of words");
        }
        if (words && !start.equals("true")) {
            throw settings.wrong("init_lora_weights", start, "true where target_modules has a table of words");
        }
    }

    /** True if a key that PEFT does not know is given. */
    private static boolean optional(Settings settings, String key) {
        settings.beyondPeft(key);
        settings.known(key);
        return settings.has(key);
    }

    /** The rank at a site. */
    int rank(Site site) {
        return ranks.whole(site, r);
    }

    /** The scale s at a site. */
    double scale(Site site) {
        double a = alphas.number(site, alpha);
        return rankStabilised ? a / Math.sqrt(rank(site)) : a / rank(site);
    }
}
