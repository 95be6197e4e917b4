package dev.graft.autograd.kernel;

import java.util.Locale;

/** How products are computed; memory is fp32 in both. */
public enum MathMode {
    /**
     * fp32. On a CPU with AMX a large product with a small base's frozen weight is the sum of six products of bf16 parts; its error is
     * no larger than a plain fp32 product's.
     */
    FP32,
    /** Factors rounded to bf16, sums in fp32: several times faster on a CPU with AMX. */
    BF16;

    /** Reads the name that the command line uses: {@code fp32} or {@code bf16}. */
    public static MathMode of(String name) {
        for (MathMode mode : values()) {
            if (mode.label().equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("math '" + name + "' is unknown; allowed: fp32, bf16");
    }

    /** The name that the command line uses. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
