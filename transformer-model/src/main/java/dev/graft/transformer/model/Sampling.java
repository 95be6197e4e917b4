package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;

/**
 * How the next token is chosen by its logits, with the names and the meaning of Hugging Face's generation settings. They
 * apply in this order: penalty, temperature, top-k, top-p, min-p; then a token is drawn among what is left.
 *
 * @param temperature 0 takes the most probable token; else logits are divided by it and a token is drawn
 * @param topK draws among this many most probable tokens; 0 among all
 * @param topP draws among the most probable tokens whose probabilities reach this sum (Holtzman et al. 2020); 1 among all
 * @param minP draws among tokens with at least this share of the largest probability (Nguyen et al. 2024); 0 among all
 * @param repetitionPenalty divides positive logits of tokens that the text has, and multiplies negative ones (Keskar et
 *     al. 2019, section 4.1); 1 for none
 * @param seed of the draws: text and step decide the rest
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {
    /** The most probable token each time. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1, 0);

    /**
     * Checks the ranges.
     *
     * @throws SettingsException that names the setting, its value and what is allowed
     */
    public Sampling {
        check(temperature >= 0 && !Double.isInfinite(temperature), "temperature", temperature, "a number from 0");
        check(topK >= 0, "top-k", topK, "0 for all, or a number of tokens from 1");
        check(topP > 0 && topP <= 1, "top-p", topP, "above 0 up to 1");
        check(minP >= 0 && minP <= 1, "min-p", minP, "from 0 to 1");
        check(
                repetitionPenalty > 0 && !Double.isInfinite(repetitionPenalty),
                "repetition-penalty",
                repetitionPenalty,
                "a number above 0; 1 for none");
    }

    private static void check(boolean right, String name, Object value, String allowed) {
        if (!right) {
            throw new SettingsException("--" + name + " is " + value + "; allowed: " + allowed);
        }
    }
}
