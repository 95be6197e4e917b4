package dev.graft.autograd.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A run of native floats with one owner: an ND4J buffer that the framework frees, or a read-only mapped file.
 *
 * <p>Java reads and writes it through a bounds-checked {@link FloatBuffer}; native kernels use the address.
 */
public final class Storage implements AutoCloseable {
    private final INDArray owner;
    private final Pointer pointer;
    private final FloatBuffer buffer;
    /** The same memory as whole numbers; null where frozen. */
    private final IntBuffer words;

    private final long address;
    /** Keeps the memory's owner reachable, as ND4J frees what nobody reaches. */
    private final Object source;

    private final Map<Object, AutoCloseable> derived = new ConcurrentHashMap<>();
    private boolean closed;

    private Storage(INDArray owner, Object source, Pointer pointer, FloatBuffer buffer, IntBuffer words) {
        this.owner = owner;
        this.source = source;
        this.pointer = pointer;
        this.buffer = buffer;
        this.words = words;
        this.address = pointer.address();
    }

    /**
     * Takes memory from ND4J, outside its workspaces; the content is undefined.
     *
     * @param floats number of floats, at most 2^31 - 1
     * @throws OutOfMemoryError if the machine has not that much
     */
    public static Storage allocate(long floats) {
        INDArray owner = Nd4j.createUninitializedDetached(DataType.FLOAT, floats);
        Pointer pointer = owner.data().pointer();
        ByteBuffer bytes = new BytePointer(pointer)
                .capacity(floats * Float.BYTES)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
        return new Storage(owner, owner, pointer, bytes.asFloatBuffer(), bytes.asIntBuffer());
    }

    /** Memory of ND4J of more than 2 GB cannot be seen through one buffer; callers split there. */
    public static final long MAX_FLOATS = (Integer.MAX_VALUE - 64) / Float.BYTES;

    /** Wraps a read-only direct buffer of floats in native order, such as a mapped file; it is never written. */
    public static Storage readOnly(ByteBuffer bytes) {
        if (!bytes.isDirect() || !bytes.isReadOnly()) {
            throw new IllegalArgumentException("a frozen storage needs a direct, read-only buffer");
        }
        ByteBuffer slice = bytes.slice().order(ByteOrder.nativeOrder());
        return new Storage(null, bytes, new BytePointer(slice), slice.asFloatBuffer(), null);
    }

    /** The same memory, read-only; this storage stays its owner. */
    public Storage frozen() {
        return new Storage(null, this, pointer, buffer.asReadOnlyBuffer(), null);
    }

    /**
     * Something computed once from frozen content, such as weights packed for a kernel; it is closed with this storage.
     * Safe for use by several threads.
     *
     * @throws IllegalStateException if the content may change
     */
    public <T extends AutoCloseable> T derived(Object key, Class<T> type, Supplier<T> supplier) {
        if (!isReadOnly() || closed) {
            throw new IllegalStateException("only open, frozen storages keep what was computed from them");
        }
        return type.cast(derived.computeIfAbsent(key, k -> supplier.get()));
    }

    /** True if nothing may write here. */
    public boolean isReadOnly() {
        return buffer.isReadOnly();
    }

    /** The floats; a read-only view where the storage is frozen. */
    public FloatBuffer buffer() {
        return buffer;
    }

    /**
     * The same memory as whole numbers of 32 bits.
     *
     * @throws IllegalStateException if this is frozen
     */
    IntBuffer words() {
        if (words == null) {
            throw new IllegalStateException("frozen memory holds floats only");
        }
        return words;
    }

    /** Capacity in floats. */
    public long floats() {
        return buffer.capacity();
    }

    /** Address of the first byte. */
    long address() {
        return address;
    }

    /** A view for ND4J's own operations. Frozen storages are copied, so that ND4J can never write a base weight. */
    INDArray view(long offset, long[] shape, long[] strides) {
        if (owner == null) {
            throw new IllegalStateException("a frozen storage has no writable ND4J view");
        }
        return Nd4j.create(owner.data(), shape, strides, offset, 'c');
    }

    /** Gives the memory back at once, with what was derived from it; a mapped file is released with its buffer. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (AutoCloseable copy : derived.values()) {
            try {
                copy.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        derived.clear();
        if (owner != null) {
            owner.close();
        }
    }
}
