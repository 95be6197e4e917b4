package dev.graft.autograd.check;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;

/** A tensor of some layout inside a larger one, so that a kernel that writes outside its view is seen. */
public final class Strided {
    private static final float CANARY = 12345.5f;

    /** How the elements lie in memory. */
    public enum Layout {
        /** One after another. */
        DENSE,
        /** The last two dimensions exchanged. */
        TRANSPOSED,
        /** A rectangle of a larger matrix. */
        SLICED,
        /** [batch, heads, time, size] over [batch, time, heads * size], with a gap after each row. */
        HEADS
    }

    private final Tensor parent;
    private final Tensor tensor;

    private Strided(Tensor parent, Tensor tensor) {
        this.parent = parent;
        this.tensor = tensor;
    }

    /** A tensor with content. */
    public static Strided over(Tensor tensor) {
        return new Strided(tensor, tensor);
    }

    private Strided guarded() {
        for (long i = 0; i < parent.length(); i++) {
            parent.buffer().put(parent.offset() + (int) i, CANARY);
        }
        return this;
    }

    /** A tensor of a shape and layout with undefined content. */
    public static Strided of(Arena arena, Layout layout, long... shape) {
        int n = shape.length;
        if (layout == Layout.DENSE || n < 2) {
            Tensor dense = arena.allocate(shape.clone());
            return new Strided(dense, dense).guarded();
        }
        long[] outer = shape.clone();
        if (layout == Layout.TRANSPOSED) {
            outer[n - 1] = shape[n - 2];
            outer[n - 2] = shape[n - 1];
            Tensor parent = arena.allocate(outer);
            return new Strided(parent, parent.transposed()).guarded();
        }
        if (layout == Layout.SLICED || n != 4) {
            outer[n - 2] += 2;
            outer[n - 1] += 3;
            Tensor parent = arena.allocate(outer);
            return new Strided(parent, parent.view(outer[n - 1] + 2, shape, Shapes.dense(outer))).guarded();
        }
        long row = shape[1] * shape[3] + 5;
        Tensor parent = arena.allocate(shape[0], shape[2], row);
        return new Strided(parent, parent.view(0, shape, new long[] {shape[2] * row, shape[3], row, 1})).guarded();
    }

    /** Writes normally distributed numbers. */
    public Strided random(Random random) {
        return set(Seed.normal(random, tensor.length()));
    }

    /** Writes values in row-major order. */
    public Strided set(float... values) {
        for (int i = 0; i < values.length; i++) {
            tensor.buffer().put(at(i), values[i]);
        }
        return this;
    }

    /** The view. */
    public Tensor tensor() {
        return tensor;
    }

    /** The elements in row-major order. */
    public double[] values() {
        double[] values = new double[Math.toIntExact(tensor.length())];
        Arrays.setAll(values, i -> tensor.buffer().get(at(i)));
        return values;
    }

    /** True if nothing was written outside the view. */
    public boolean surroundingsUntouched() {
        BitSet inside = new BitSet();
        for (int i = 0; i < tensor.length(); i++) {
            inside.set(at(i));
        }
        for (int i = 0; i < parent.length(); i++) {
            int at = parent.offset() + i;
            if (!inside.get(at) && parent.buffer().get(at) != CANARY) {
                return false;
            }
        }
        return true;
    }

    private int at(int element) {
        long at = tensor.offset();
        long rest = element;
        for (int d = tensor.rank() - 1; d >= 0; d--) {
            at += rest % tensor.size(d) * tensor.stride(d);
            rest /= tensor.size(d);
        }
        return (int) at;
    }
}
