package dev.graft.autograd;

/**
 * What is added to the scores of attention, as relative positions need it: for each sequence a dense block
 * [heads, queries, prefix rows and keys] somewhere in a flat value. Sequences may share a block.
 */
public final class AttentionBias {
    private final Var values;
    private final int[] starts;

    /**
     * A bias.
     *
     * @param values [numbers]
     * @param starts for each sequence, where its block begins in values
     */
    public AttentionBias(Var values, int... starts) {
        this.values = values;
        this.starts = starts.clone();
    }

    Var values() {
        return values;
    }

    int start(int sequence) {
        return starts[sequence];
    }

    /** Floats from one sequence's block to the next one's. */
    int step(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    void check(AttentionShape shape, Sequences queries, Sequences keys, Sequences prefixes) {
        if (shape.cap() > 0) {
            throw new IllegalArgumentException("attention with a bias cannot have a cap of " + shape.cap());
        }
        Require.rank(values, 1, "the bias of attention");
        if (starts.length != queries.count()) {
            throw new IllegalArgumentException(
                    "a bias for " + starts.length + " sequences beside " + queries.count() + " sequences");
        }
        for (int i = 0; i < starts.length; i++) {
            long block = (long) shape.heads() * queries.length(i) * (prefixes.length(i) + keys.length(i));
            if (starts[i] < 0 || starts[i] + block > values.size(0)) {
                throw new IllegalArgumentException("the bias of sequence " + i + ", " + block + " numbers from "
                        + starts[i] + ", lies outside " + values);
            }
        }
    }
}
