package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;

/**
 * Values [rows, width] between two products with frozen weights: floats, or with bf16 math the bf16 that the next
 * product would make of them anyway. Only kernels read and write them.
 */
public final class Inner {
    private final Tensor memory;
    private final boolean half;
    private final long from;
    private final long rows;
    private final long width;

    private Inner(Tensor memory, boolean half, long from, long rows, long width) {
        this.memory = memory;
        this.half = half;
        this.from = from;
        this.rows = rows;
        this.width = width;
    }

    /** Lends memory for floats. */
    static Inner floats(Arena arena, long rows, long width) {
        return new Inner(arena.allocate(rows, width), false, 0, rows, width);
    }

    /** Lends memory for bf16: two values a float. */
    static Inner halves(Arena arena, long rows, long width) {
        return new Inner(arena.allocate((rows * width + 1) / 2), true, 0, rows, width);
    }

    /** Rows first (inclusive) to last (exclusive). */
    public Inner rows(long first, long last) {
        if (first < 0 || first > last || last > rows) {
            throw new IllegalArgumentException("rows " + first + ".." + last + " of " + rows);
        }
        return new Inner(memory, half, from + first, last - first, width);
    }

    /** The memory behind the values: it lives and ends like any other tensor of a step. */
    public Tensor memory() {
        return memory;
    }

    /** Number of rows. */
    long rows() {
        return rows;
    }

    /** Values of a row. */
    long width() {
        return width;
    }

    /** True for bf16. */
    boolean isHalf() {
        return half;
    }

    /** The floats. */
    Tensor tensor() {
        if (half) {
            throw new IllegalStateException("these values are bf16");
        }
        return memory.rows(from, from + rows);
    }

    /** A stand-in that has the shape of the values, not their type: to be checked and described, never read. */
    Tensor shape() {
        return memory.view(0, new long[] {rows, width}, new long[] {width, 1});
    }

    /** Address of the first bf16. */
    long address() {
        return memory.address() + from * width * Short.BYTES;
    }
}
