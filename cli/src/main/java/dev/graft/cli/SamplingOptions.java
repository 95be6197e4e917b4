package dev.graft.cli;

import dev.graft.transformer.model.Sampling;
import picocli.CommandLine.Option;

/** How tokens are chosen, for every command that generates. */
final class SamplingOptions {
    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 takes the most probable token; above, logits are divided by it and a token is drawn "
                    + "(${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Draw among the K most probable tokens; 0 for all (${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw among the most probable tokens that together reach this share (${DEFAULT-VALUE}).")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "Draw among tokens with at least this share of the largest probability (${DEFAULT-VALUE}).")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description =
                    "Above 1 makes tokens less probable that the text already has (default: what the base asks for, "
                            + "else 1).")
    private Double repetitionPenalty;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of the draws (${DEFAULT-VALUE}).")
    private long seed;

    /** Checks the values before a base is opened. */
    Sampling sampling() {
        return sampling(1);
    }

    /**
     * How tokens are chosen.
     *
     * @param penalty for repetitions that the base asks for
     */
    Sampling sampling(double penalty) {
        return new Sampling(
                temperature, topK, topP, minP, repetitionPenalty == null ? penalty : repetitionPenalty, seed);
    }
}
