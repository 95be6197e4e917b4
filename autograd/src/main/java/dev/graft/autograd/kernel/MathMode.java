package dev.graft.autograd.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How products are computed; memory is fp32 in all. */
public enum MathMode {
    /** fp32. */
    FP32,
    /**
     * fp32 from bf16: on a CPU with AMX a large product with a small base's frozen weight is the sum of six products of
     * the factors' three bf16 parts. Its error is no larger than a plain fp32 product's. Faster than that where each
     * thread has a core of its own, slower where two share one (docs/decisions/0011). Elsewhere it is fp32.
     */
    BF16X3,
    /** Factors rounded to bf16, sums in fp32: several times faster on a CPU with AMX. */
    BF16;

    /** Reads the name that the command line uses: {@code fp32}, {@code bf16x3} or {@code bf16}. */
    public static MathMode of(String name) {
        for (MathMode mode : values()) {
            if (mode.label().equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("math '" + name + "' is unknown; allowed: " + allowed());
    }

    /** All names that the command line uses, for messages. */
    public static String allowed() {
        return Arrays.stream(values()).map(MathMode::label).collect(Collectors.joining(", "));
    }

    /** The name that the command line uses. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
