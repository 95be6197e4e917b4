package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;

/**
 * How the most probable text is searched for, with the names and the meaning of Hugging Face's generation settings.
 *
 * @param count texts that are followed side by side
 * @param lengthPenalty a text's score is the sum of its tokens' log-probabilities, divided by its length to this power;
 *     above 0 longer texts are preferred
 * @param earlyStopping true to end as soon as so many texts have ended; else also while a better one can be hoped for
 */
public record BeamOptions(int count, double lengthPenalty, boolean earlyStopping) {
    /**
     * Checks the ranges.
     *
     * @throws SettingsException that names the setting, its value and what is allowed
     */
    public BeamOptions {
        if (count < 1) {
            throw new SettingsException("--num-beams is " + count + "; allowed: 1 or more");
        }
        if (Double.isNaN(lengthPenalty) || Double.isInfinite(lengthPenalty)) {
            throw new SettingsException("--length-penalty is " + lengthPenalty + "; allowed: a number");
        }
    }

    /** A text's score. */
    double score(double logprob, int length) {
        return logprob / Math.pow(length, lengthPenalty);
    }
}
