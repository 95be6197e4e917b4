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
            paramLabel = "fp32|bf16x3|bf16",
            defaultValue = "fp32",
            description =
                    "How products are computed: fp32; bf16x3, as exact, from three bf16 parts of each factor; or bf16, "
                            + "factors rounded. The last two are for a CPU with AMX; bf16x3 gains only where each thread "
                            + "has a core of its own (default: ${DEFAULT-VALUE}).")
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
            throw new SettingsException("--math is " + math + "; allowed: " + MathMode.allowed());
        }
    }
}
