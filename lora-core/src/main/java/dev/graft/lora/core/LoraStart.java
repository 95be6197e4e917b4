package dev.graft.lora.core;

import dev.graft.autograd.Decompositions;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Site;

/**
 * How A and B start, by the words of {@code init_lora_weights}. PiSSA (Meng et al. 2024, arXiv 2404.02948, equations 2
 * to 4) starts with the r largest singular values of W0 = U S V, OLoRA (Büyükakyüz 2024, arXiv 2406.01775, equation 5)
 * with the first r columns of its QR decomposition. Both then take s A B from the base; here the base stays as it is, and
 * the hook takes away s x A0 B0 instead.
 * {@link OrthogonalStart} is the third that sets both, and takes nothing away.
 *
 * @param a A, [r, in]
 * @param b B, [out, r]
 * @param isDecomposition true if A0 B0 has to be taken away
 */
record LoraStart(Init a, Init b, boolean isDecomposition) {
    static LoraStart of(String word, int rank, double scale, Site site) {
        Init kaiming = Init.uniform(1 / Math.sqrt(site.inputSize())); // Kaiming's uniform with a = sqrt(5)
        return switch (word) {
            case "gaussian" -> new LoraStart(Init.normal(1.0 / rank), Init.zeros(), false);
            case "a_zero" -> new LoraStart(Init.zeros(), Init.normal(1.0 / rank), false);
            case "false" -> new LoraStart(kaiming, Init.uniform(1 / Math.sqrt(rank)), false);
            case "orthogonal" -> OrthogonalStart.of(site, rank);
            case "pissa", "olora" -> decomposed(new Factors(site, rank, scale, word.equals("pissa")));
            default -> new LoraStart(kaiming, Init.zeros(), false);
        };
    }

    private static LoraStart decomposed(Factors factors) {
        return new LoraStart(
                (start, values) -> System.arraycopy(factors.a(), 0, values, 0, values.length),
                (start, values) -> System.arraycopy(factors.b(), 0, values, 0, values.length),
                true);
    }

    /** Computed once, for A and B and for what is taken away. */
    private static final class Factors {
        private final Site site;
        private final int rank;
        private final double scale;
        private final boolean singular;
        private float[] a;
        private float[] b;

        Factors(Site site, int rank, double scale, boolean singular) {
            this.site = site;
            this.rank = rank;
            this.scale = scale;
            this.singular = singular;
        }

        synchronized float[] a() {
            compute();
            return a;
        }

        synchronized float[] b() {
            compute();
            return b;
        }

        private void compute() {
            if (a == null) {
                float[] weight = site.weight().orElseThrow().copy();
                Decompositions.LowRank factors = singular
                        ? Decompositions.singular(weight, site.outputSize(), site.inputSize(), rank)
                        : Decompositions.orthogonal(weight, site.outputSize(), site.inputSize(), rank);
                a = factors.right(singular ? 1 / Math.sqrt(scale) : 1);
                b = factors.left(singular ? 1 / Math.sqrt(scale) : 1);
            }
        }
    }
}
