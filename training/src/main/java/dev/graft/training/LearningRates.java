package dev.graft.training;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import java.util.OptionalDouble;

/** Learning rates for users who give none. */
public final class LearningRates {
    /** For a classifier alone: large, as nothing lies below it. */
    private static final double HEAD = 1e-2;

    /** For the whole base: small, as it was trained before. */
    private static final double FULL = 5e-4;

    private LearningRates() {}

    /**
     * The rate of a method or baseline; empty if it has none.
     *
     * @throws dev.graft.peft.spi.SettingsException if the method is unknown
     */
    public static OptionalDouble of(PeftMethods methods, String method) {
        return switch (method) {
            case Adapter.HEAD -> OptionalDouble.of(HEAD);
            case Adapter.FULL -> OptionalDouble.of(FULL);
            default -> methods.get(method).learningRate();
        };
    }
}
