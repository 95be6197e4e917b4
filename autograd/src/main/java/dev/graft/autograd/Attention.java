package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import java.util.List;

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1) over sequences in packed or padded rows.
 *
 * <p>Heads are strides: nothing is permuted or copied. Neighbouring sequences of equal length are one batched product.
 * Keys may be more than queries: rows in front of them are a prefix or a cache.
 */
public final class Attention {
    private Attention() {}

    /** Attention without dropout. */
    public static Var apply(Var q, Var k, Var v, AttentionShape shape, Sequences queries, Sequences keys) {
        return apply(q, k, v, shape, queries, keys, 0, null);
    }

    /** Attention of each sequence over its own keys. */
    public static Var apply(
            Var q,
            Var k,
            Var v,
            AttentionShape shape,
            Sequences queries,
            Sequences keys,
            double dropout,
            CounterRandom mask) {
        return apply(q, k, v, shape, queries, keys, null, dropout, mask);
    }

    /**
     * Attention of each sequence over the rows of its prefix and then its own keys.
     *
     * @param q [rows, heads * head size]
     * @param k [key rows, key-value heads * head size]
     * @param v like k
     * @param queries where the sequences lie in q; rows between them stay zero
     * @param keys where their keys lie in k and v
     * @param prefix rows in front of the keys, which every query sees unless a window hides them; or null
     * @param dropout probability to drop a weight, in training
     * @param mask the randomness of the dropout, or null without
     * @return [rows, heads * head size]
     */
    public static Var apply(
            Var q,
            Var k,
            Var v,
            AttentionShape shape,
            Sequences queries,
            Sequences keys,
            AttentionPrefix prefix,
            double dropout,
            CounterRandom mask) {
        return apply(q, k, v, shape, queries, keys, prefix, null, dropout, mask);
    }

    /**
     * Attention with something added to the scores, behind their factor.
     *
     * @param bias of the scores, or null
     */
    public static Var apply(
            Var q,
            Var k,
            Var v,
            AttentionShape shape,
            Sequences queries,
            Sequences keys,
            AttentionPrefix prefix,
            AttentionBias bias,
            double dropout,
            CounterRandom mask) {
        check(q, k, v, shape, queries, keys);
        Sequences front = prefix == null ? Sequences.none(queries.count()) : prefix.rows();
        if (prefix != null) {
            prefix.check(shape, queries.count());
        }
        if (bias != null) {
            bias.check(shape, queries, keys, front);
        }
        checkDropout(dropout, mask);
        Tape tape = q.tape();
        Tensor out = queries.tokens() == q.size(0)
                ? tape.arena().allocate(q.shape())
                : tape.arena().zeros(q.shape());
        List<AttentionGroup> groups = AttentionGroup.of(queries, keys, front, bias, shape.keyValueHeads());
        Var[] inputs = prefix == null ? new Var[] {q, k, v} : new Var[] {q, k, v, prefix.keys(), prefix.values()};
        AttentionPass pass = new AttentionPass(tape, shape, inputs, bias, dropout, mask);
        groups.forEach(group -> pass.forward(group, out));
        Var result = tape.result(out, pass.all());
        if (result.requiresGradient()) {
            tape.record(result, dy -> backward(tape, inputs, pass, groups, queries, keys, dy), pass.saved());
        }
        pass.handOver();
        return result;
    }

    private static void backward(
            Tape tape,
            Var[] inputs,
            AttentionPass pass,
            List<AttentionGroup> groups,
            Sequences queries,
            Sequences keys,
            Tensor dy) {
        int asked = 0;
        for (int i = 0; i < queries.count(); i++) {
            asked += queries.length(i) == 0 ? 0 : keys.length(i);
        }
        Tape.Target[] targets = new Tape.Target[inputs.length];
        for (int i = 3; i < inputs.length; i++) {
            targets[i] = tape.targetToAdd(inputs[i]); // sequences share a prefix: each adds its part
        }
        for (int i = 0; i < 3; i++) {
            // every element is written once, unless rows belong to no sequence or a value plays several roles
            long written = i == 0 ? queries.tokens() : asked;
            boolean alone = inputs[i] != inputs[(i + 1) % 3] && inputs[i] != inputs[(i + 2) % 3];
            targets[i] = alone && written == inputs[i].size(0) ? tape.target(inputs[i]) : tape.targetToAdd(inputs[i]);
        }
        for (int i = 0; i < groups.size(); i++) {
            pass.backward(groups.get(i), i, dy, targets);
        }
    }

    private static void check(Var q, Var k, Var v, AttentionShape shape, Sequences queries, Sequences keys) {
        long width = (long) shape.keyValueHeads() * shape.headSize();
        if (q.size(1) != (long) shape.heads() * shape.headSize() || k.size(1) != width || v.size(1) != width) {
            throw new IllegalArgumentException(
                    "queries " + q + ", keys " + k + " and values " + v + " do not fit " + shape);
        }
        if (queries.count() != keys.count() || k.size(0) != v.size(0)) {
            throw new IllegalArgumentException(queries.count() + " sequences of queries but " + keys.count()
                    + " of keys, and " + k + " beside " + v);
        }
        for (int i = 0; i < queries.count(); i++) {
            if (queries.start(i) + queries.length(i) > q.size(0) || keys.start(i) + keys.length(i) > k.size(0)) {
                throw new IllegalArgumentException("sequence " + i + " lies outside " + q + " or " + k);
            }
            boolean blind = keys.length(i) == 0 || shape.causal() && keys.length(i) < queries.length(i);
            if (blind && queries.length(i) > 0) {
                throw new IllegalArgumentException(
                        "sequence " + i + " has " + queries.length(i) + " queries but " + keys.length(i) + " keys");
            }
        }
        if (queries.overlap() || keys.overlap() && (k.requiresGradient() || v.requiresGradient())) {
            throw new IllegalArgumentException("sequences overlap, so that gradients would overwrite each other");
        }
    }

    private static void checkDropout(double dropout, CounterRandom mask) {
        if (!(dropout >= 0 && dropout < 1) || dropout > 0 && mask == null) {
            throw new IllegalArgumentException(
                    "a dropout probability is from 0 to below 1, with a mask above 0; not " + dropout);
        }
    }
}
