package dev.graft.autograd;

import dev.graft.autograd.kernel.Elementwise;
import dev.graft.autograd.kernel.Kernels;
import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Records the operations of one forward pass and runs them backwards.
 *
 * <p>Only what leads to a trainable leaf is recorded, so a frozen weight costs no gradient, no saved input and no
 * backward pass. A tape belongs to the thread of its {@link Compute}; elsewhere its operations throw {@link
 * IllegalStateException}. Closing it frees all its values.
 */
public final class Tape implements AutoCloseable {
    private final Compute compute;
    private final boolean recording;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Var> gradients = new ArrayList<>();
    private Scope scope;

    private record Entry(Var result, Tensor[] saved, Backward backward) {}

    /**
     * Opens a tape.
     *
     * @param recording false for inference: then nothing is ever saved
     */
    public Tape(Compute compute, boolean recording) {
        compute.checkThread();
        this.compute = compute;
        this.recording = recording;
        this.scope = new Scope(this, null);
    }

    /** Opens a scope inside the present one. */
    public Scope scope() {
        checkOpen();
        scope = new Scope(this, scope);
        return scope;
    }

    /** Computes something that must live as long as the tape, whatever scope is open. */
    public <T> T lasting(Supplier<T> supplier) {
        checkOpen();
        Scope present = scope;
        while (scope.outer() != null) {
            scope = scope.outer();
        }
        try {
            return supplier.get();
        } finally {
            scope = present;
        }
    }

    void leave(Scope closing) {
        if (scope != closing) {
            throw new IllegalStateException("scopes must be closed in the reverse order of their opening");
        }
        scope = closing.outer();
    }

    /** A value that never gets a gradient; the tensor stays its owner's. */
    public Var constant(Tensor value) {
        return new Var(this, value, false);
    }

    /** A constant copied from the heap. */
    public Var constant(float[] values, long... shape) {
        if (Shapes.size(shape) != values.length) {
            throw new IllegalArgumentException(values.length + " values do not fill " + Shapes.text(shape));
        }
        Tensor tensor = arena().allocate(shape);
        Tiles.write(values, tensor);
        return result(tensor);
    }

    /** A trainable leaf; the tensor stays its owner's and {@link #gradient} has its gradient after the backward pass. */
    public Var leaf(Tensor value) {
        return new Var(this, value, recording);
    }

    /**
     * A trainable leaf whose gradient is written to memory of the caller's, which keeps its content if the result does
     * not depend on the leaf.
     */
    public Var leaf(Tensor value, Tensor gradient) {
        if (!Arrays.equals(value.shape(), gradient.shape()) || gradient.isReadOnly()) {
            throw new IllegalArgumentException("a gradient of " + Shapes.text(value.shape()) + " cannot be written to "
                    + Shapes.text(gradient.shape()) + (gradient.isReadOnly() ? ", frozen" : ""));
        }
        return new Var(this, value, recording, gradient);
    }

    /** The tensor behind a value: for the framework, whose modules alone see the type. */
    public Tensor value(Var value) {
        return value.value();
    }

    /**
     * The gradient of a leaf, or null if the result does not depend on it. No other value shares it. Valid until the
     * tape is closed.
     */
    public Tensor gradient(Var leaf) {
        if (leaf.gradient != null) {
            unshare(leaf);
        }
        return leaf.gradient;
    }

    /** Wraps a computed tensor; it needs a gradient if one of the inputs does. */
    Var result(Tensor value, Var... inputs) {
        return add(new Var(this, value, needsGradient(inputs)), inputs);
    }

    /** Like result, for a product that is computed when it is first read. */
    Var result(PendingLinear pending, Var... inputs) {
        return add(new Var(this, pending, needsGradient(inputs)), inputs);
    }

    private boolean needsGradient(Var... inputs) {
        boolean needed = false;
        for (Var input : inputs) {
            needed |= input != null && input.requiresGradient();
        }
        return recording && needed;
    }

    private Var add(Var result, Var... inputs) {
        for (Var input : inputs) {
            if (input != null && input.tape() != this) {
                result.free();
                throw new IllegalArgumentException(input + " belongs to another tape");
            }
            if (input != null && input.spent) {
                result.free();
                throw new IllegalStateException("the backward pass has gone through " + input
                        + ", which cannot get another gradient; detach it, or compute everything before");
            }
        }
        checkOpen();
        scope.add(result);
        return result;
    }

    /** Records the backward pass of a result; the saved tensors live until it has run. */
    void record(Var result, Backward backward, Tensor... saved) {
        for (Tensor tensor : saved) {
            tensor.retain();
        }
        entries.add(new Entry(result, saved, backward));
    }

    /** Runs backwards from a scalar, through everything that was computed until now. */
    public void backward(Var loss) {
        checkOpen();
        if (loss.value().length() != 1) {
            throw new IllegalArgumentException("the backward pass starts at one number, not at " + loss);
        }
        if (!loss.requiresGradient()) {
            throw new IllegalStateException("the loss depends on nothing that is trained");
        }
        if (loss.spent) {
            throw new IllegalStateException("the backward pass has gone through this loss already");
        }
        Tensor one = arena().allocate(loss.shape());
        Tiles.fill(one, 1f);
        give(loss, one);
        while (!entries.isEmpty()) {
            Entry entry = entries.remove(entries.size() - 1);
            Tensor gradient = entry.result.gradient;
            entry.result.gradient = null;
            entry.result.spent = true;
            try {
                if (gradient != null) {
                    entry.backward.run(gradient);
                }
            } finally {
                if (gradient != null) {
                    gradient.release();
                }
                for (Tensor tensor : entry.saved) {
                    tensor.release();
                }
            }
        }
    }

    /** How an operation writes a gradient: stored, or added to what is there. */
    interface Contribution {
        void write(Tensor gradient, boolean add);
    }

    /** Adds an operation's share to a value's gradient, if it needs one. */
    void contribute(Var value, Contribution contribution) {
        if (value == null || !value.requiresGradient()) {
            return;
        }
        if (value.gradient == null) {
            Tensor fresh = fresh(value);
            own(value, fresh);
            contribution.write(fresh, false);
        } else {
            unshare(value);
            contribution.write(value.gradient, true);
        }
    }

    /** Where an operation that computes several gradients at once writes one of them. */
    record Target(Tensor gradient, boolean add) {}

    /** The target for a value's gradient, or null if it needs none; if not {@code add}, every element must be written. */
    Target target(Var value) {
        if (value == null || !value.requiresGradient()) {
            return null;
        }
        boolean add = value.gradient != null;
        if (add) {
            unshare(value);
        } else {
            own(value, fresh(value));
        }
        return new Target(value.gradient, add);
    }

    /** Like target, but always to add to: what nobody writes stays zero. */
    Target targetToAdd(Var value) {
        return value.requiresGradient() ? new Target(gradientToAdd(value), true) : null;
    }

    /** Adds a tensor to a value's gradient; where it is the first, it is shared and not copied. */
    void share(Var value, Tensor gradient) {
        if (value == null || !value.requiresGradient()) {
            return;
        }
        if (value.gradient == null && value.sink != null) {
            elementwise().copy(gradient, value.sink);
            own(value, value.sink.retain());
        } else if (value.gradient == null) {
            own(value, gradient.retain());
        } else {
            unshare(value);
            elementwise().add(value.gradient, gradient, value.gradient);
        }
    }

    /** Like share, but the caller's use of the tensor ends here. */
    void give(Var value, Tensor gradient) {
        share(value, gradient);
        gradient.release();
    }

    /** Part of a value's gradient, to be added to; the rest starts at zero. */
    Tensor gradientToAdd(Var value) {
        if (value.gradient == null) {
            Tensor fresh = fresh(value);
            Tiles.fill(fresh, 0f);
            own(value, fresh);
        } else {
            unshare(value);
        }
        return value.gradient;
    }

    private Tensor fresh(Var value) {
        return value.sink != null ? value.sink.retain() : arena().allocate(value.shape());
    }

    private void own(Var value, Tensor gradient) {
        value.gradient = gradient;
        gradients.add(value);
    }

    private void unshare(Var value) {
        if (value.gradient != value.sink && value.gradient.isShared()) {
            Tensor copy = arena().allocate(value.shape());
            elementwise().copy(value.gradient, copy);
            value.gradient.release();
            value.gradient = copy;
        }
    }

    /** True if operations are recorded for a backward pass. */
    public boolean isRecording() {
        return recording;
    }

    Kernels kernels() {
        return compute.kernels();
    }

    Elementwise elementwise() {
        return compute.elementwise();
    }

    /** Memory on the heap for one operation; see {@link Compute#borrow}. */
    float[] borrow(int place, int length) {
        return compute.borrow(place, length);
    }

    Arena arena() {
        return compute.arena();
    }

    private void checkOpen() {
        compute.checkThread();
        if (scope == null) {
            throw new IllegalStateException("the tape is closed");
        }
    }

    /** Frees all values, gradients and saved tensors. */
    @Override
    public void close() {
        compute.checkThread();
        for (Entry entry : entries) {
            for (Tensor tensor : entry.saved) {
                tensor.release();
            }
        }
        entries.clear();
        for (Var value : gradients) {
            if (value.gradient != null) {
                value.gradient.release();
                value.gradient = null;
            }
        }
        gradients.clear();
        while (scope != null) {
            scope.close();
        }
    }
}
