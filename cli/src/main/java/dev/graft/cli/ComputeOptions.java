package dev.graft.cli;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Workers;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How it is computed. */
final class ComputeOptions {
    @Option(
            names = "--math",
            paramLabel = "fp32|bf16",
            defaultValue = "fp32",
            description = "How products are computed: fp32, or factors rounded to bf16, which is faster on a CPU "
                    + "that can (default: ${DEFAULT-VALUE}).")
    private String math;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute; the result does not depend on it (default: all processors).")
    private Integer threads;

    /** The math mode's name. */
    String math() {
        return mode().label();
    }

    /** Number of threads. */
    int threads() {
        int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (count < 1) {
            throw new SettingsException("--threads is " + count + "; allowed: 1 or more");
        }
        return count;
    }

    /** Starts the threads. */
    Workers workers() {
        return new Workers(mode(), threads());
    }

    private MathMode mode() {
        try {
            return MathMode.of(math.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SettingsException("--math is " + math + "; allowed: fp32, bf16");
        }
    }
}
