package dev.graft.autograd;

import dev.graft.autograd.kernel.DropoutMask;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Forward and backward of one attention call, group by group; it keeps the weights for the gradient. */
final class AttentionPass {
    private static final int QUERIES = 0;

    /** The keys of the sequences themselves; their values follow. */
    private static final int OWN = 1;

    /** The keys of the prefix; its values follow. */
    private static final int PREFIX = 3;

    private final Tape tape;
    private final AttentionShape shape;
    private final Tensor[] inputs;
    private final boolean[] needs;
    private final double dropout;
    private final CounterRandom random;
    private final AttentionBias bias;
    private final Var[] all;
    private final AttentionScores limits;
    private final boolean keep;
    private final List<Tensor> weights = new ArrayList<>();
    private final List<DropoutMask> masks = new ArrayList<>();
    private int parts;

    /**
     * A pass.
     *
     * @param inputs queries, keys, values and, with a prefix, its keys and values
     * @param bias of the scores, or null
     * @param dropout probability to drop a weight
     * @param random the randomness of the dropout, or null without
     */
    AttentionPass(
            Tape tape, AttentionShape shape, Var[] inputs, AttentionBias bias, double dropout, CounterRandom random) {
        this.tape = tape;
        this.shape = shape;
        this.bias = bias;
        this.all = bias == null ? inputs : Arrays.copyOf(inputs, inputs.length + 1);
        if (bias != null) {
            all[inputs.length] = bias.values();
        }
        this.inputs = new Tensor[inputs.length];
        this.needs = new boolean[inputs.length];
        boolean any = bias != null && bias.values().requiresGradient();
        for (int i = 0; i < inputs.length; i++) {
            this.inputs[i] = inputs[i].value();
            needs[i] = inputs[i].requiresGradient();
            any |= needs[i];
        }
        this.keep = tape.isRecording() && any;
        this.limits = new AttentionScores(tape, shape, keep);
        this.dropout = dropout;
        this.random = random;
    }

    /** Everything that the result depends on. */
    Var[] all() {
        return all;
    }

    /** Query heads that share a key-value head. */
    private int sharing() {
        return shape.heads() / shape.keyValueHeads();
    }

    void forward(AttentionGroup group, Tensor out) {
        boolean hidden = limits.hides(group, bias != null);
        Tensor mask = shape.causal() && group.queryRows() > 1 && !hidden ? causalMask(group) : null;
        for (int g = 0; g < sharing(); g++) {
            // [batch, key-value heads, queries, prefix rows and keys]
            Tensor p = tape.arena().allocate(group.count(), shape.keyValueHeads(), group.queryRows(), group.seen());
            Tensor queries = queryHeads(inputs[QUERIES], group, g);
            if (group.prefixRows() > 0) {
                scores(queries, group, PREFIX, p, bias(group, PREFIX, g));
            }
            scores(queries, group, OWN, p, bias == null ? mask : bias(group, OWN, g));
            limits.apply(group, p, hidden);
            tape.kernels().softmax(p, p);
            DropoutMask drop = dropout == 0 ? null : Dropout.mask(tape, p.length(), dropout, random.with(parts++));
            Tensor used = dropped(p, drop);
            Tensor result = queryHeads(out, group, g);
            mixed(used, group, OWN, result, Epilogue.NONE);
            if (group.prefixRows() > 0) {
                mixed(used, group, PREFIX, result, Epilogue.ADD);
            }
            used.release();
            weights.add(p);
            masks.add(drop);
            if (!keep) {
                handOver();
            }
        }
        if (mask != null) {
            mask.release();
        }
    }

    private void scores(Tensor queries, AttentionGroup group, int part, Tensor p, Tensor added) {
        Tensor keys = keyHeads(inputs[part], group, part).transposed();
        Epilogue epilogue = new Epilogue(null, limits.scale(), added, false);
        tape.kernels().product(queries, keys, columns(p, group, part), epilogue);
    }

    /** The bias of a part's scores, for the g-th sharing head; null without. */
    private Tensor bias(AttentionGroup group, int part, int g) {
        return bias == null
                ? null
                : columns(
                        biasHeads(bias.values().value(), group, g, 0, group.biasStep() == 0 ? 1 : group.count()),
                        group,
                        part);
    }

    private void mixed(Tensor p, AttentionGroup group, int part, Tensor result, Epilogue epilogue) {
        Tensor values = keyHeads(inputs[part + 1], group, part);
        tape.kernels().product(columns(p, group, part), values, result, epilogue);
    }

    /** Everything that {@link #backward} reads. */
    Tensor[] saved() {
        List<Tensor> all = new ArrayList<>(weights);
        all.addAll(limits.slopes());
        masks.stream().filter(Objects::nonNull).map(DropoutMask::bytes).forEach(all::add);
        boolean keysNeed = false;
        for (int part = OWN; part < inputs.length; part += 2) {
            keysNeed |= needs[part];
        }
        if (keysNeed) {
            all.add(inputs[QUERIES]);
        }
        for (int part = OWN; part < inputs.length; part += 2) {
            if (needs[QUERIES]) {
                all.add(inputs[part]);
            }
            if (needs[QUERIES] || keysNeed) {
                all.add(inputs[part + 1]);
            }
        }
        return all.toArray(Tensor[]::new);
    }

    /** Leaves weights and masks to the tape, which frees them after the backward pass. */
    void handOver() {
        limits.handOver();
        weights.forEach(Tensor::release);
        masks.stream().filter(Objects::nonNull).forEach(mask -> mask.bytes().release());
        if (!keep) {
            weights.clear();
            masks.clear();
        }
    }

    /** mask * p, for one user to release; p itself where nothing is dropped. */
    private Tensor dropped(Tensor p, DropoutMask mask) {
        return mask == null ? p.retain() : Dropout.gradient(tape, p, mask);
    }

    void backward(AttentionGroup group, int number, Tensor dy, Tape.Target[] targets) {
        for (int g = 0; g < sharing(); g++) {
            Tensor p = weights.get(number * sharing() + g);
            DropoutMask drop = masks.get(number * sharing() + g);
            Tensor dOut = queryHeads(dy, group, g);
            if (targets[OWN + 1] != null || targets.length > PREFIX && targets[PREFIX + 1] != null) {
                Tensor used = dropped(p, drop);
                for (int part = OWN; part < targets.length; part += 2) {
                    keyGradient(group, part, used, dOut, 1f, g > 0, targets[part + 1]);
                }
                used.release();
            }
            boolean biased = bias != null && bias.values().requiresGradient();
            if (!biased
                    && targets[QUERIES] == null
                    && targets[OWN] == null
                    && (targets.length <= PREFIX || targets[PREFIX] == null)) {
                continue;
            }
            Tensor dScores = scoreGradient(group, p, drop, dOut);
            if (biased) {
                biasGradient(group, dScores, g);
            }
            limits.backward(number * sharing() + g, dScores);
            queryGradient(group, dScores, g, targets[QUERIES]);
            Tensor queries = queryHeads(inputs[QUERIES], group, g);
            for (int part = OWN; part < targets.length; part += 2) {
                keyGradient(group, part, dScores, queries, (float) shape.scale(), g > 0, targets[part]);
            }
            dScores.release();
        }
    }

    /** The gradient of keys or values: what the queries' rows send through a part's weights, transposed. */
    private void keyGradient(
            AttentionGroup group, int part, Tensor p, Tensor rows, float scale, boolean shared, Tape.Target target) {
        if (target == null || rowsOf(group, part) == 0) {
            return;
        }
        Tensor weights = columns(p, group, part).transposed();
        Tensor gradient = keyHeads(target.gradient(), group, part);
        Epilogue epilogue = Epilogue.scaled(scale, shared || target.add());
        if (part == OWN) {
            tape.kernels().product(weights, rows, gradient, epilogue);
            return;
        }
        for (int i = 0; i < group.count(); i++) { // the sequences of a group share their prefix
            tape.kernels().product(weights.rows(i, i + 1), rows.rows(i, i + 1), gradient.rows(i, i + 1), epilogue);
        }
    }

    private void queryGradient(AttentionGroup group, Tensor dScores, int g, Tape.Target target) {
        if (target == null) {
            return;
        }
        Tensor dq = queryHeads(target.gradient(), group, g);
        float scale = (float) shape.scale();
        Tensor own = keyHeads(inputs[OWN], group, OWN);
        tape.kernels().product(columns(dScores, group, OWN), own, dq, Epilogue.scaled(scale, target.add()));
        if (group.prefixRows() > 0) {
            Tensor prefix = keyHeads(inputs[PREFIX], group, PREFIX);
            tape.kernels().product(columns(dScores, group, PREFIX), prefix, dq, Epilogue.scaled(scale, true));
        }
    }

    /** Sequences may share a bias: each adds its part. */
    private void biasGradient(AttentionGroup group, Tensor dScores, int g) {
        Tensor gradient = tape.gradientToAdd(bias.values());
        for (int i = 0; i < group.count(); i++) {
            Tensor block = biasHeads(gradient, group, g, i, 1);
            tape.elementwise().add(block, dScores.rows(i, i + 1), block);
        }
    }

    private Tensor scoreGradient(AttentionGroup group, Tensor p, DropoutMask drop, Tensor dOut) {
        Tensor dp = tape.arena().allocate(p.shape());
        boolean whole = group.prefixRows() == 0; // a mask fits a dense result only
        for (int part = OWN; part < inputs.length; part += 2) {
            if (rowsOf(group, part) > 0) {
                Tensor values = keyHeads(inputs[part + 1], group, part).transposed();
                tape.kernels().product(dOut, values, columns(dp, group, part), Epilogue.masked(whole ? drop : null));
            }
        }
        if (drop != null && !whole) {
            tape.kernels().drop(dp, drop, null, dp);
        }
        tape.kernels().softmaxBackward(p, dp, dp);
        return dp;
    }

    private static int rowsOf(AttentionGroup group, int part) {
        return part == OWN ? group.keyRows() : group.prefixRows();
    }

    /** The columns of [..., prefix rows and keys] that belong to a part. */
    private static Tensor columns(Tensor weights, AttentionGroup group, int part) {
        if (group.prefixRows() == 0) {
            return weights;
        }
        return part == OWN
                ? weights.narrow(3, group.prefixRows(), group.seen())
                : weights.narrow(3, 0, group.prefixRows());
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

    /**
     * [key rows, key-value heads * head size] seen as [batch, key-value heads, keys, head size]; a prefix is repeated
     * for all sequences of the group.
     */
    private Tensor keyHeads(Tensor rows, AttentionGroup group, int part) {
        long row = rows.stride(0);
        boolean own = part == OWN;
        return rows.view(
                (own ? group.keyStart() : group.prefixStart()) * row,
                new long[] {group.count(), shape.keyValueHeads(), rowsOf(group, part), shape.headSize()},
                new long[] {own ? group.keyStep() * row : 0, shape.headSize(), row, 1});
    }

    /** A flat value seen as [count, key-value heads, queries, prefix rows and keys], for the g-th sharing head. */
    private Tensor biasHeads(Tensor values, AttentionGroup group, int g, int first, int count) {
        long head = (long) group.queryRows() * group.seen();
        long block = group.biasStep() == 0 ? shape.heads() * head : group.biasStep();
        return values.view(
                group.biasStart() + (long) first * group.biasStep() + g * head,
                new long[] {count, shape.keyValueHeads(), group.queryRows(), group.seen()},
                new long[] {block, sharing() * head, group.seen(), 1});
    }

    /** [1, 1, queries, keys]: minus infinity where a key is later than the query. */
    private Tensor causalMask(AttentionGroup group) {
        int keys = group.keyRows();
        int ahead = keys - group.queryRows();
        float[] values = new float[group.queryRows() * keys];
        for (int i = 0; i < group.queryRows(); i++) {
            Arrays.fill(values, i * keys + ahead + i + 1, (i + 1) * keys, Float.NEGATIVE_INFINITY);
        }
        Tensor mask = tape.arena().allocate(1, 1, group.queryRows(), keys);
        Tiles.write(values, mask);
        return mask;
    }
}
