package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.kernel.Cut;
import dev.graft.autograd.kernel.DropoutMask;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.kernel.FeedForwardCut;
import dev.graft.autograd.kernel.Inner;
import dev.graft.autograd.memory.Tensor;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A frozen feed-forward sub-layer, dropout(f(x Uᵀ + a) Dᵀ + b) + residual, some hundred rows and as many inner columns
 * as the kernels like at a time: these inner values stay in a core's cache from one product to the next. For the
 * gradient only x Uᵀ + a is kept, one such piece after another.
 */
final class FeedForward {
    private final Tape tape;
    private final Activation function;
    private final Tensor x;
    private final Tensor up;
    private final Tensor down;
    private final Cut rows;
    /** Inner columns at a time; they divide all of them. */
    private final long columns;

    private final Inner before;
    private final DropoutMask mask;

    private FeedForward(Tape tape, Activation function, Var[] inputs, boolean recorded, DropoutMask mask) {
        this.tape = tape;
        this.function = function;
        this.x = inputs[0].value();
        this.up = inputs[1].value();
        this.down = inputs[3].value();
        FeedForwardCut cut = tape.kernels().feedForward(x.size(0), up.size(0), up, down);
        this.rows = cut.rows();
        this.columns = cut.columns();
        // [rows, inner], in pieces of [some rows, columns]
        this.before = recorded ? inner(x.size(0) * (up.size(0) / columns)) : null;
        this.mask = mask;
    }

    /** Weights and biases are frozen; biases may be null. */
    static Var apply(
            Var x, Var[] up, Var[] down, Activation function, Var residual, double dropout, CounterRandom random) {
        check(x, up, down, residual);
        Tape tape = x.tape();
        Var[] inputs = {x, up[0], up[1], down[0], down[1], residual};
        Tensor out = tape.arena().allocate(residual.shape());
        DropoutMask mask = dropout == 0 ? null : Dropout.mask(tape, out.length(), dropout, random);
        FeedForward pass = new FeedForward(tape, function, inputs, tape.isRecording() && x.requiresGradient(), mask);
        pass.forward(value(up[1]), value(down[1]), residual.value(), out);
        Var y = tape.result(out, inputs);
        if (y.requiresGradient()) {
            tape.record(
                    y,
                    dy -> {
                        tape.contribute(x, (dx, add) -> pass.backward(dy, dx, add));
                        tape.share(residual, dy);
                    },
                    pass.saved());
        }
        for (Tensor own : pass.own()) {
            own.release();
        }
        return y;
    }

    private static Tensor value(Var bias) {
        return bias == null ? null : bias.value();
    }

    private Inner inner(long rows) {
        return tape.kernels().inner(tape.arena(), rows, columns, up.transposed(), down.transposed(), up, down);
    }

    /** Some rows and some columns of the inner values: all that is computed at a time. */
    private final class Piece {
        final long from;
        final long to;
        final long first;
        final long last;

        Piece(long number, long first) {
            this.from = rows.start(number);
            this.to = rows.start(number + 1);
            this.first = first;
            this.last = first + columns;
        }

        Tensor up() {
            return up.rows(first, last);
        }

        Tensor down() {
            return down.narrow(1, first, last);
        }

        /** Where x Uᵀ + a is kept: the pieces of the same rows lie one behind another. */
        Inner kept() {
            long start = from * (up.size(0) / columns) + (to - from) * (first / columns);
            return before.rows(start, start + to - from);
        }
    }

    private void forward(Tensor upBias, Tensor downBias, Tensor residual, Tensor out) {
        Inner inner = inner(rows.longest());
        for (long number = 0; number < rows.count(); number++) {
            for (long first = 0; first < up.size(0); first += columns) {
                Piece piece = new Piece(number, first);
                Inner part = inner.rows(0, piece.to - piece.from);
                activate(piece, upBias, part);
                boolean last = piece.last == up.size(0);
                Epilogue sum = last ? end(piece, downBias, residual) : Epilogue.of(first > 0);
                Tensor target = out.rows(piece.from, piece.to);
                tape.kernels().product(part, piece.down().transposed(), target, sum);
                if (last && first > 0 && mask != null) {
                    Tensor added = residual.rows(piece.from, piece.to);
                    tape.kernels().drop(target, mask(piece.from, piece.to), added, target);
                }
            }
        }
        inner.memory().release();
    }

    /** part = f(x Uᵀ + a). */
    private void activate(Piece piece, Tensor bias, Inner part) {
        Tensor rows = x.rows(piece.from, piece.to);
        Tensor row = bias == null ? null : bias.rows(piece.first, piece.last);
        if (before == null) {
            tape.kernels().product(rows, piece.up().transposed(), part, Epilogue.activated(row, function));
            return;
        }
        tape.kernels().product(rows, piece.up().transposed(), piece.kept(), new Epilogue(row, 1f, null, false));
        tape.kernels().activation(function, piece.kept(), part);
    }

    /** What follows the last product of some rows. A sum of several is dropped out when it is whole, not before. */
    private Epilogue end(Piece piece, Tensor bias, Tensor residual) {
        Tensor added = residual.rows(piece.from, piece.to);
        if (piece.first == 0) {
            return new Epilogue(bias, 1f, mask(piece.from, piece.to), added, false);
        }
        return new Epilogue(bias, 1f, mask == null ? added : null, true);
    }

    private void backward(Tensor dy, Tensor dx, boolean add) {
        Inner inner = inner(rows.longest());
        Inner slope = inner(rows.longest()); // the kernel takes twice as long in place
        for (long number = 0; number < rows.count(); number++) {
            long from = rows.start(number);
            long to = rows.start(number + 1);
            Tensor gradient = dy.rows(from, to);
            Tensor kept = mask == null ? gradient.retain() : Dropout.gradient(tape, gradient, mask(from, to));
            for (long first = 0; first < up.size(0); first += columns) {
                Piece piece = new Piece(number, first);
                Inner part = inner.rows(0, to - from);
                Inner through = slope.rows(0, to - from);
                tape.kernels().product(kept, piece.down(), part, Epilogue.NONE);
                tape.kernels().activationBackward(function, piece.kept(), part, through);
                tape.kernels().product(through, piece.up(), dx.rows(from, to), Epilogue.of(add || first > 0));
            }
            kept.release();
        }
        inner.memory().release();
        slope.memory().release();
    }

    private DropoutMask mask(long from, long to) {
        return mask == null ? null : mask.slice(from * down.size(0), to * down.size(0));
    }

    /** What the gradient needs. */
    private Tensor[] saved() {
        return Stream.concat(Stream.of(up, down), Stream.of(own())).toArray(Tensor[]::new);
    }

    /** What this allocated. */
    private Tensor[] own() {
        return Stream.of(before == null ? null : before.memory(), mask == null ? null : mask.bytes())
                .filter(Objects::nonNull)
                .toArray(Tensor[]::new);
    }

    private static void check(Var x, Var[] up, Var[] down, Var residual) {
        Require.rank(x, 2, "feedForward");
        for (Var frozen : new Var[] {up[0], up[1], down[0], down[1]}) {
            if (frozen != null && frozen.requiresGradient()) {
                throw new IllegalArgumentException("feedForward is for frozen weights; " + frozen + " is trained");
            }
        }
        if (x.size(1) != up[0].size(1) || up[0].size(0) != down[0].size(1)) {
            throw new IllegalArgumentException(
                    "input " + x + " does not fit weights " + up[0] + " and " + down[0] + " of a feed-forward layer");
        }
        Require.shape(residual, "the residual", x.size(0), down[0].size(0));
        if (up[1] != null) {
            Require.shape(up[1], "the bias", up[0].size(0));
        }
        if (down[1] != null) {
            Require.shape(down[1], "the bias", down[0].size(0));
        }
    }
}
