package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How adapters are combined, with the words of {@code add_weighted_adapter} in Hugging Face PEFT.
 *
 * @param kind what is done
 * @param density share of the values that pruning keeps, above 0 and up to 1; null where the kind prunes nothing
 * @param majority how TIES finds the sign that wins; null where the kind elects none
 * @param rank of the result at each site; null for the largest that an adapter has anywhere, and where the kind has
 *     no choice
 * @param seed of the values that DARE keeps
 */
public record Combination(Kind kind, Double density, Majority majority, Integer rank, long seed) {
    /** What is done to the values of the adapters. */
    enum Pruning {
        NONE,
        /** The smallest ones become zero (Yadav et al. 2023). */
        MAGNITUDE,
        /** Random ones become zero, and the others grow by as much (DARE, Yu et al. 2024). */
        RANDOM
    }

    /** What the arithmetic is done to at sites with low-rank products. */
    enum Form {
        /** Both factors apart: a rough approximation. */
        FACTORS,
        /** Nothing: the factors stand side by side, which is exact. */
        SIDE_BY_SIDE,
        /** The whole product, which is then brought to the rank by singular values. */
        PRODUCT
    }

    /** The combinations. */
    public enum Kind {
        /** The weighted sum. */
        LINEAR(Pruning.NONE, false, Form.FACTORS),
        /** The exact sum of products; the rank is the sum of the ranks. */
        CAT(Pruning.NONE, false, Form.SIDE_BY_SIDE),
        /** The best approximation of the sum of products. */
        SVD(Pruning.NONE, false, Form.PRODUCT),
        /** TIES-merging (Yadav et al. 2023, arXiv 2306.01708, section 4): prune, elect a sign, average those that have it. */
        TIES(Pruning.MAGNITUDE, true, Form.FACTORS),
        /** The same on whole products. */
        TIES_SVD(Pruning.MAGNITUDE, true, Form.PRODUCT),
        /** DARE (Yu et al. 2024, arXiv 2311.03099, equation 3), then the sum. */
        DARE_LINEAR(Pruning.RANDOM, false, Form.FACTORS),
        /** DARE, then TIES. */
        DARE_TIES(Pruning.RANDOM, true, Form.FACTORS),
        /** {@link #DARE_LINEAR} on whole products. */
        DARE_LINEAR_SVD(Pruning.RANDOM, false, Form.PRODUCT),
        /** {@link #DARE_TIES} on whole products. */
        DARE_TIES_SVD(Pruning.RANDOM, true, Form.PRODUCT),
        /** The sum of what pruning leaves. */
        MAGNITUDE_PRUNE(Pruning.MAGNITUDE, false, Form.FACTORS),
        /** The same on whole products. */
        MAGNITUDE_PRUNE_SVD(Pruning.MAGNITUDE, false, Form.PRODUCT);

        private final Pruning pruning;
        private final boolean elects;
        private final Form form;

        Kind(Pruning pruning, boolean elects, Form form) {
            this.pruning = pruning;
            this.elects = elects;
            this.form = form;
        }

        /** The word for it: {@code dare_ties}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** True if values are pruned, so that a density is needed. */
        public boolean prunes() {
            return pruning != Pruning.NONE;
        }

        /** True if the same seed is needed for the same result. */
        public boolean isRandom() {
            return pruning == Pruning.RANDOM;
        }

        /** True if signs are elected. */
        public boolean elects() {
            return elects;
        }

        /** True if the result has a rank of its own. */
        public boolean choosesRank() {
            return form == Form.PRODUCT;
        }

        Pruning pruning() {
            return pruning;
        }

        Form form() {
            return form;
        }

        /**
         * The kind of a word.
         *
         * @throws SettingsException that lists the words
         */
        public static Kind of(String word) {
            return Stream.of(values())
                    .filter(kind -> kind.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new SettingsException(
                            "combination '" + word + "' is unknown; allowed: " + words(List.of(values()))));
        }

        static String words(List<Kind> kinds) {
            return kinds.stream().map(Kind::word).collect(Collectors.joining(", "));
        }

        /** The kinds that need no low-rank products. */
        static List<Kind> anywhere() {
            return Arrays.stream(values())
                    .filter(kind -> kind.form == Form.FACTORS)
                    .toList();
        }
    }

    /** How TIES finds the sign that wins. */
    public enum Majority {
        /** The sign of the sum. */
        TOTAL,
        /** The sign that more adapters have. */
        FREQUENCY
    }

    /**
     * Checks that everything fits the kind.
     *
     * @throws SettingsException if something is missing, out of range or without effect
     */
    public Combination {
        if (kind.prunes() && density == null) {
            throw new SettingsException("combination " + kind.word()
                    + " needs a density: the share of the values that it keeps, above 0 " + "and up to 1");
        }
        refuse(kind, "density", density, kind.prunes());
        refuse(kind, "majority_sign_method", majority, kind.elects());
        refuse(kind, "rank", rank, kind.choosesRank());
        if (density != null && !(density > 0 && density <= 1)) {
            throw new SettingsException("density is " + density + "; allowed: above 0 and up to 1");
        }
    }

    private static void refuse(Kind kind, String key, Object value, boolean used) {
        if (value != null && !used) {
            throw new SettingsException(
                    key + " is " + value + ", but combination " + kind.word() + " does not use it; leave it out");
        }
    }

    /** A combination without anything else to say. */
    public static Combination of(Kind kind) {
        return new Combination(kind, null, null, null, 0);
    }
}
