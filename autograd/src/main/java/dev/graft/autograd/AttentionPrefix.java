package dev.graft.autograd;

/**
 * Rows that stand in front of the keys and values of sequences. They are read where they lie: nothing is copied, and
 * any number of sequences may share them.
 *
 * @param keys [prefix rows, key-value heads * head size]
 * @param values like keys
 * @param rows for each sequence, where its rows lie in keys and values; sequences may overlap, and have none
 */
public record AttentionPrefix(Var keys, Var values, Sequences rows) {
    void check(AttentionShape shape, int sequences) {
        long width = (long) shape.keyValueHeads() * shape.headSize();
        if (keys.size(1) != width || values.size(1) != width || keys.size(0) != values.size(0)) {
            throw new IllegalArgumentException(
                    "a prefix of keys " + keys + " and values " + values + " does not fit " + shape);
        }
        if (rows.count() != sequences) {
            throw new IllegalArgumentException(
                    "a prefix of " + rows.count() + " sequences in front of " + sequences + " sequences");
        }
        for (int i = 0; i < sequences; i++) {
            if (rows.start(i) + rows.length(i) > keys.size(0)) {
                throw new IllegalArgumentException("the prefix of sequence " + i + " lies outside " + keys);
            }
        }
    }
}
