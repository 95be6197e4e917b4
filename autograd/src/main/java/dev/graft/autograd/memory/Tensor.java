package dev.graft.autograd.memory;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A strided view of float memory: where it lies, its shape and its strides in elements.
 *
 * <p>It is what the kernels compute on. Its {@link #array() INDArray} is made only when ND4J itself computes: making
 * one costs as much as a small product (docs/decisions/0003). A tensor of a frozen storage cannot be written: its
 * buffer refuses, and {@link #writable()} throws before a native kernel gets the address.
 */
public final class Tensor {
    private final Storage storage;
    private final Block block;
    private final long offset;
    private final long[] shape;
    private final long[] strides;

    Tensor(Storage storage, Block block, long offset, long[] shape, long[] strides) {
        this.storage = storage;
        this.block = block;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
    }

    /** A dense tensor over part of a storage whose lifetime the caller manages; offset in floats. */
    public static Tensor over(Storage storage, long offset, long... shape) {
        if (offset < 0 || offset + Shapes.size(shape) > storage.floats()) {
            throw new IllegalArgumentException("shape " + Shapes.text(shape) + " at float " + offset
                    + " does not fit a storage of " + storage.floats() + " floats");
        }
        return new Tensor(storage, null, offset, shape.clone(), Shapes.dense(shape));
    }

    /** Number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /** Extent of a dimension; negative counts from the end. */
    public long size(int dimension) {
        return shape[dimension < 0 ? shape.length + dimension : dimension];
    }

    /** Stride of a dimension in elements; negative counts from the end. */
    public long stride(int dimension) {
        return strides[dimension < 0 ? strides.length + dimension : dimension];
    }

    /** A copy of the shape. */
    public long[] shape() {
        return shape.clone();
    }

    /** A copy of the strides, in elements. */
    public long[] strides() {
        return strides.clone();
    }

    /** Number of elements. */
    public long length() {
        return Shapes.size(shape);
    }

    /** True if the elements lie one after another in row-major order. */
    public boolean isDense() {
        return Arrays.equals(strides, Shapes.dense(shape)) || length() <= 1;
    }

    /** Same dense elements under another shape. */
    public Tensor reshape(long... newShape) {
        if (!isDense() || Shapes.size(newShape) != length()) {
            throw new IllegalArgumentException("cannot see " + Shapes.text(shape) + " as " + Shapes.text(newShape));
        }
        return new Tensor(storage, block, offset, newShape.clone(), Shapes.dense(newShape));
    }

    /** Any strided view that starts {@code from} elements after this one; the caller answers for its bounds. */
    public Tensor view(long from, long[] newShape, long[] newStrides) {
        return new Tensor(storage, block, offset + from, newShape.clone(), newStrides.clone());
    }

    /** Rows {@code from} (inclusive) to {@code to} (exclusive) of the first dimension. */
    public Tensor rows(long from, long to) {
        return narrow(0, from, to);
    }

    /** The range {@code from} to {@code to} (exclusive) of one dimension. */
    public Tensor narrow(int dimension, long from, long to) {
        if (from < 0 || to > shape[dimension] || from > to) {
            throw new IllegalArgumentException("range " + from + ".." + to + " is outside " + Shapes.text(shape));
        }
        long[] narrowed = shape.clone();
        narrowed[dimension] = to - from;
        return new Tensor(storage, block, offset + from * strides[dimension], narrowed, strides);
    }

    /** The last two dimensions exchanged; nothing is copied. */
    public Tensor transposed() {
        int n = shape.length;
        long[] newShape = shape.clone();
        long[] newStrides = strides.clone();
        newShape[n - 1] = shape[n - 2];
        newShape[n - 2] = shape[n - 1];
        newStrides[n - 1] = strides[n - 2];
        newStrides[n - 2] = strides[n - 1];
        return new Tensor(storage, block, offset, newShape, newStrides);
    }

    /** Address of the first element, to read from. */
    public long address() {
        check();
        return storage.address() + offset * Float.BYTES;
    }

    /**
     * Address of the first element, to write to.
     *
     * @throws IllegalStateException if this is frozen memory
     */
    public long writable() {
        if (storage.isReadOnly()) {
            throw new IllegalStateException(
                    "a frozen weight of shape " + Shapes.text(shape) + " was about to be written");
        }
        return address();
    }

    /** The storage's floats, to be indexed from {@link #offset()}. */
    public FloatBuffer buffer() {
        check();
        return storage.buffer();
    }

    /** The memory as whole numbers of 32 bits, to be indexed from {@link #offset()}; never of a frozen tensor. */
    public IntBuffer words() {
        check();
        return storage.words();
    }

    /** Index of the first element in {@link #buffer()}. */
    public int offset() {
        return Math.toIntExact(offset);
    }

    /** True if the values are kept in fewer bits than floats: they are read by {@link #decode}, a piece at a time. */
    public boolean isCompact() {
        return storage.values() != null;
    }

    /** Bytes that the values of the whole storage take. */
    public long storedBytes() {
        return isCompact() ? storage.values().bytes() : storage.floats() * Float.BYTES;
    }

    /**
     * Neighbouring values of compact memory as floats.
     *
     * @param from the first one, in elements from the first of this tensor
     * @param into gets them, from {@code at} on
     */
    public void decode(long from, float[] into, int at, int length) {
        check();
        storage.values().decode(offset + from, into, at, length);
    }

    /** The whole storage's values where they are kept in fewer bits, else null; this begins at {@link #start}. */
    public CompactValues compactValues() {
        check();
        return storage.values();
    }

    /** Index of the first element in the storage. */
    public long start() {
        return offset;
    }

    /** True if this is frozen memory. */
    public boolean isReadOnly() {
        return storage.isReadOnly();
    }

    /** What copies of this frozen memory in other layouts may take; see {@link Storage#copies}. */
    public Copies.Room copies() {
        return storage.copies();
    }

    /** Something computed once from this frozen memory; see {@link Storage#derived}. */
    public <T extends AutoCloseable> T derived(Object key, Class<T> type, Supplier<T> supplier) {
        return storage.derived(key, type, supplier);
    }

    /** For ND4J's operations: a view on the same memory; frozen memory is copied instead. */
    public INDArray array() {
        check();
        if (storage.isReadOnly()) {
            return Nd4j.createFromArray(toArray()).reshape(shape);
        }
        return storage.view(offset, shape, strides);
    }

    /**
     * For ND4J's operations: a view on the same memory, to write to.
     *
     * @throws IllegalStateException if this is frozen memory
     */
    public INDArray writableArray() {
        writable();
        return storage.view(offset, shape, strides);
    }

    /** A copy of the elements in row-major order. */
    public float[] toArray() {
        float[] values = new float[Math.toIntExact(length())];
        if (isCompact() && isDense()) {
            decode(0, values, 0, values.length);
            return values;
        }
        Tiles.read(this, values);
        return values;
    }

    /** One more user of the arena's block, if there is one. */
    public Tensor retain() {
        if (block != null) {
            block.retain();
        }
        return this;
    }

    /** One user less; the last one gives the block back. */
    public void release() {
        if (block != null) {
            block.release();
        }
    }

    /** True if somebody else uses the block too, or the framework does not own it: then it must not be changed. */
    public boolean isShared() {
        return block == null || block.shared();
    }

    private void check() {
        if (block != null && block.released()) {
            throw new IllegalStateException(
                    "a tensor of shape " + Shapes.text(shape) + " was used after its scope ended");
        }
    }
}
