package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.kernel.DropoutMask;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.kernel.Inner;
import dev.graft.autograd.memory.Tensor;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A frozen feed-forward sub-layer, dropout(f(x Uᵀ + a) Dᵀ + b) + residual, some hundred rows at a time: the wide inner
 * values of these rows stay in a core's cache from one product to the next. For the gradient only x Uᵀ + a is kept.
 */
final class FeedForward {
    /** Rows at a time; a multiple of four, as masks are cut there. */
    private static final int ROWS = 256;

    private final Tape tape;
    private final Activation function;
    private final Tensor x;
    private final Tensor up;
    private final Tensor down;
    private final Inner before;
    private final DropoutMask mask;

    private FeedForward(Tape tape, Activation function, Var[] inputs, boolean recorded, DropoutMask mask) {
        this.tape = tape;
        this.function = function;
        this.x = inputs[0].value();
        this.up = inputs[1].value();
        this.down = inputs[3].value();
        // [rows, inner]
        this.before = recorded ? inner(x.size(0)) : null;
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
        pass.forward(up[1], down[1], residual.value(), out);
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

    private Inner inner(long rows) {
        return tape.kernels().inner(tape.arena(), rows, up.size(0), up.transposed(), down.transposed(), up, down);
    }

    private void forward(Var upBias, Var downBias, Tensor residual, Tensor out) {
        Inner inner = inner(Math.min(ROWS, x.size(0)));
        for (long from = 0; from < x.size(0); from += ROWS) {
            long to = Math.min(from + ROWS, x.size(0));
            Inner part = inner.rows(0, to - from);
            Tensor row = upBias == null ? null : upBias.value();
            if (before == null) {
                tape.kernels().product(x.rows(from, to), up.transposed(), part, Epilogue.activated(row, function));
            } else {
                Inner saved = before.rows(from, to);
                tape.kernels().product(x.rows(from, to), up.transposed(), saved, new Epilogue(row, 1f, null, false));
                tape.kernels().activation(function, saved, part);
            }
            Tensor bias = downBias == null ? null : downBias.value();
            Epilogue end = new Epilogue(bias, 1f, mask(from, to), residual.rows(from, to), false);
            tape.kernels().product(part, down.transposed(), out.rows(from, to), end);
        }
        inner.memory().release();
    }

    private void backward(Tensor dy, Tensor dx, boolean add) {
        Inner inner = inner(Math.min(ROWS, x.size(0)));
        Inner slope = inner(Math.min(ROWS, x.size(0))); // the kernel takes twice as long in place
        for (long from = 0; from < dx.size(0); from += ROWS) {
            long to = Math.min(from + ROWS, dx.size(0));
            Inner part = inner.rows(0, to - from);
            Inner through = slope.rows(0, to - from);
            Tensor gradient = dy.rows(from, to);
            Tensor kept = mask == null ? gradient.retain() : Dropout.gradient(tape, gradient, mask(from, to));
            tape.kernels().product(kept, down, part, Epilogue.NONE);
            kept.release();
            tape.kernels().activationBackward(function, before.rows(from, to), part, through);
            tape.kernels().product(through, up, dx.rows(from, to), Epilogue.of(add));
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
