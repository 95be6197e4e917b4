package dev.graft.autograd;

import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring sequences of equal lengths at equal distances: one batched product.
 *
 * @param count number of sequences
 * @param queryStart first row of the first sequence's queries
 * @param queryStep rows from one sequence's queries to the next
 * @param queryRows queries of a sequence
 * @param keyStart first row of the first sequence's keys
 * @param keyStep rows from one sequence's keys to the next
 * @param keyRows keys of a sequence
 * @param prefixStart first row of the prefix that all of them share
 * @param prefixRows rows of that prefix
 * @param biasStart where the first sequence's bias begins
 * @param biasStep floats from one sequence's bias to the next
 */
record AttentionGroup(
        int count,
        int queryStart,
        int queryStep,
        int queryRows,
        int keyStart,
        int keyStep,
        int keyRows,
        int prefixStart,
        int prefixRows,
        int biasStart,
        int biasStep) {
    /** Weights of a group, in floats: they stay in a core's second-level cache from the scores to the result. */
    private static final long CACHED = 1 << 18;

    /**
     * A group is this many sequences or one: every other number would need kernels of its own, which take longer to
     * compile than they save.
     */
    private static final int BATCH = 4;

    /**
     * Cuts sequences into groups.
     *
     * @param bias of the scores, or null
     * @param heads key-value heads, each with a weight for every query and key
     */
    static List<AttentionGroup> of(
            Sequences queries, Sequences keys, Sequences prefixes, AttentionBias bias, int heads) {
        List<AttentionGroup> groups = new ArrayList<>();
        int from = 0;
        while (from < queries.count()) {
            long weights =
                    Math.max(1, (long) heads * queries.length(from) * (prefixes.length(from) + keys.length(from)));
            long most = CACHED / weights;
            int to = from + 1;
            while (to < queries.count()
                    && to - from < Math.min(BATCH, most)
                    && continues(queries, from, to)
                    && continues(keys, from, to)
                    && prefixes.start(to) == prefixes.start(from)
                    && prefixes.length(to) == prefixes.length(from)
                    && (bias == null || bias.step(to - 1) == bias.step(from))) {
                to++;
            }
            if (to - from < BATCH) {
                to = from + 1;
            }
            if (queries.length(from) > 0) {
                groups.add(new AttentionGroup(
                        to - from,
                        queries.start(from),
                        step(queries, from, to),
                        queries.length(from),
                        keys.start(from),
                        step(keys, from, to),
                        keys.length(from),
                        prefixes.start(from),
                        prefixes.length(from),
                        bias == null ? 0 : bias.start(from),
                        bias == null || to - from == 1 ? 0 : bias.step(from)));
            }
            from = to;
        }
        return groups;
    }

    /** Rows that a query sees: its prefix and all keys. */
    int seen() {
        return prefixRows + keyRows;
    }

    private static boolean continues(Sequences rows, int from, int to) {
        int step = rows.start(from + 1) - rows.start(from);
        return step > 0 && rows.length(to) == rows.length(from) && rows.start(to) - rows.start(to - 1) == step;
    }

    private static int step(Sequences rows, int from, int to) {
        return to - from > 1 ? rows.start(from + 1) - rows.start(from) : rows.length(from);
    }
}
