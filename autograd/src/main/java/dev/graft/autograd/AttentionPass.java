package dev.graft.autograd;

import dev.graft.autograd.kernel.AttentionDropout;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.ArrayList;
import java.util.List;

/** Forward and backward of one attention call, group by group; it keeps the weights for the gradient. */
final class AttentionPass {
    private final Tape tape;
    private final AttentionShape shape;
    private final Tensor q;
    private final Tensor k;
    private final Tensor v;
    private final boolean[] needs;
    private final AttentionDropout dropout;
    private final boolean keep;
    private final List<Tensor> weights = new ArrayList<>();
    private int parts;

    /**
     * A pass over queries, keys and values.
     *
     * @param dropout of the weights, or null
     */
    AttentionPass(Tape tape, AttentionShape shape, Var[] inputs, AttentionDropout dropout) {
        this.tape = tape;
        this.shape = shape;
        this.q = inputs[0].value();
        this.k = inputs[1].value();
        this.v = inputs[2].value();
        this.needs = new boolean[3];
        for (int i = 0; i < 3; i++) {
            needs[i] = inputs[i].requiresGradient();
        }
        this.keep = tape.isRecording() && (needs[0] || needs[1] || needs[2]);
        this.dropout = dropout;
    }

    /** Query heads that share a key-value head. */
    private int sharing() {
        return shape.heads() / shape.keyValueHeads();
    }

    void forward(AttentionGroup group, Tensor out) {
        Tensor mask = shape.causal() && group.queryRows() > 1 ? causalMask(group) : null;
        for (int g = 0; g < sharing(); g++) {
            // [batch, key-value heads, queries, keys]
            Tensor p = tape.arena().allocate(group.count(), shape.keyValueHeads(), group.queryRows(), group.keyRows());
            Tensor queries = queryHeads(q, group, g);
            tape.kernels()
                    .product(
                            queries,
                            keyHeads(k, group).transposed(),
                            p,
                            new Epilogue(null, (float) shape.scale(), mask, false));
            tape.kernels().softmax(p, p);
            Tensor result = queryHeads(out, group, g);
            if (dropout == null) {
                tape.kernels().product(p, keyHeads(v, group), result, Epilogue.NONE);
            } else {
                Tensor dropped = tape.arena().allocate(p.shape());
                dropout.apply(p, dropped, parts++);
                tape.kernels().product(dropped, keyHeads(v, group), result, Epilogue.NONE);
                dropped.release();
            }
            if (keep) {
                weights.add(p);
            } else {
                p.release();
            }
        }
        if (mask != null) {
            mask.release();
        }
    }

    /** Everything that {@link #backward} reads. */
    Tensor[] saved() {
        List<Tensor> all = new ArrayList<>(weights);
        if (needs[1]) {
            all.add(q);
        }
        if (needs[0]) {
            all.add(k);
        }
        if (needs[0] || needs[1]) {
            all.add(v);
        }
        return all.toArray(Tensor[]::new);
    }

    /** Leaves the weights to the tape, which frees them after the backward pass. */
    void handOver() {
        weights.forEach(Tensor::release);
    }

    void backward(AttentionGroup group, int number, Tensor dy, Tape.Target[] targets) {
        for (int g = 0; g < sharing(); g++) {
            Tensor p = weights.get(number * sharing() + g);
            Tensor dOut = queryHeads(dy, group, g);
            Epilogue toShared = g > 0 ? Epilogue.ADD : null;
            if (targets[2] != null) {
                valueGradient(group, p, dOut, toShared == null ? Epilogue.of(targets[2].add()) : toShared, targets[2]);
            }
            if (targets[0] == null && targets[1] == null) {
                continue;
            }
            Tensor dScores = scoreGradient(group, p, dOut);
            float scale = (float) shape.scale();
            if (targets[0] != null) {
                Tensor dq = queryHeads(targets[0].gradient(), group, g);
                tape.kernels().product(dScores, keyHeads(k, group), dq, Epilogue.scaled(scale, targets[0].add()));
            }
            if (targets[1] != null) {
                Tensor dk = keyHeads(targets[1].gradient(), group);
                Epilogue epilogue = Epilogue.scaled(scale, g > 0 || targets[1].add());
                tape.kernels().product(dScores.transposed(), queryHeads(q, group, g), dk, epilogue);
            }
            dScores.release();
        }
    }

    private void valueGradient(AttentionGroup group, Tensor p, Tensor dOut, Epilogue epilogue, Tape.Target target) {
        Tensor dv = keyHeads(target.gradient(), group);
        if (dropout == null) {
            tape.kernels().product(p.transposed(), dOut, dv, epilogue);
            return;
        }
        Tensor dropped = tape.arena().allocate(p.shape());
        dropout.again(p, dropped);
        tape.kernels().product(dropped.transposed(), dOut, dv, epilogue);
        dropped.release();
    }

    private Tensor scoreGradient(AttentionGroup group, Tensor p, Tensor dOut) {
        Tensor dp = tape.arena().allocate(p.shape());
        tape.kernels().product(dOut, keyHeads(v, group).transposed(), dp, Epilogue.NONE);
        if (dropout == null) {
            tape.kernels().softmaxBackward(p, dp, dp);
        } else {
            dropout.softmaxBackward(p, dp);
        }
        return dp;
    }

    /** [rows, heads * head size] seen as [batch, key-value heads, queries, head size], for the g-th sharing head. */
    private Tensor queryHeads(Tensor rows, AttentionGroup group, int g) {
        long row = rows.stride(0);
        long head = (long) sharing() * shape.headSize();
        return rows.view(
                group.queryStart() * row + (long) g * shape.headSize(),
                new long[] {group.count(), shape.keyValueHeads(), group.queryRows(), shape.headSize()},
                new long[] {group.queryStep() * row, head, row, 1});
    }

    /** [key rows, key-value heads * head size] seen as [batch, key-value heads, keys, head size]. */
    private Tensor keyHeads(Tensor rows, AttentionGroup group) {
        long row = rows.stride(0);
        return rows.view(
                group.keyStart() * row,
                new long[] {group.count(), shape.keyValueHeads(), group.keyRows(), shape.headSize()},
                new long[] {group.keyStep() * row, shape.headSize(), row, 1});
    }

    /** [1, 1, queries, keys]: minus infinity where a key is later than the query. */
    private Tensor causalMask(AttentionGroup group) {
        int keys = group.keyRows();
        int ahead = keys - group.queryRows();
        float[] values = new float[group.queryRows() * keys];
        for (int i = 0; i < group.queryRows(); i++) {
            java.util.Arrays.fill(values, i * keys + ahead + i + 1, (i + 1) * keys, Float.NEGATIVE_INFINITY);
        }
        Tensor mask = tape.arena().allocate(1, 1, group.queryRows(), keys);
        Tiles.write(values, mask);
        return mask;
    }
}
