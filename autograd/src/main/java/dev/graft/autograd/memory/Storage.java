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
 * A run of native floats with one owner: an ND4J buffer that the framework frees, a read-only mapped file, or frozen
 * values in fewer bits.
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

    /** The values where they are kept in fewer bits; then there is neither pointer nor buffer. */
    private final CompactValues values;

    private volatile Unpacked unpacked;
    private Copies copies;
    private boolean first;

    private final Map<Object, AutoCloseable> derived = new ConcurrentHashMap<>();
    private boolean closed;

    private Storage(INDArray owner, Object source, Pointer pointer, FloatBuffer buffer, IntBuffer words) {
        this.owner = owner;
        this.source = source;
        this.pointer = pointer;
        this.buffer = buffer;
        this.words = words;
        this.address = pointer.address();
        this.values = null;
    }

    private Storage(CompactValues values) {
        this.owner = null;
        this.source = values;
        this.pointer = null;
        this.buffer = null;
        this.words = null;
        this.address = 0;
        this.values = values;
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

    /**
     * Frozen values that are kept in fewer bits. Products and tables read them a piece at a time; whoever asks for the
     * floats themselves makes them, once, and they stay as long as this storage.
     */
    public static Storage compact(CompactValues values) {
        return new Storage(values);
    }

    /** The same memory, read-only; this storage stays its owner. */
    public Storage frozen() {
        return values != null ? this : new Storage(null, this, pointer, buffer.asReadOnlyBuffer(), null);
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

    /**
     * Counts this storage among the weights of one base, which says what copies of it may take.
     *
     * @param base counts them
     * @return this
     */
    public Storage among(Copies base) {
        first = base.count(floats());
        copies = base;
        return this;
    }

    /** What copies in other layouts that are {@link #derived} may take; plenty for memory that is of no base. */
    public Copies.Room copies() {
        return copies == null ? Copies.Room.PLENTY : copies.room(first);
    }

    /** True if nothing may write here. */
    public boolean isReadOnly() {
        return values != null || buffer.isReadOnly();
    }

    /** The floats; a read-only view where the storage is frozen. */
    public FloatBuffer buffer() {
        return values != null ? unpacked().buffer : buffer;
    }

    /** The values where they are kept in fewer bits, else null. */
    CompactValues values() {
        return values;
    }

    /** All values as floats, made once. */
    private Storage unpacked() {
        Unpacked made = unpacked;
        if (made == null) {
            synchronized (derived) { // not among the derived ones, which are made of these floats
                if (closed) {
                    throw new IllegalStateException("a closed storage has no floats");
                }
                made = unpacked == null ? new Unpacked(values) : unpacked;
                unpacked = made;
            }
        }
        return made.storage;
    }

    /** Floats that were made of compact values. */
    private static final class Unpacked implements AutoCloseable {
        private final Storage owned;
        private final Storage storage;

        Unpacked(CompactValues values) {
            owned = allocate(values.length());
            storage = owned.frozen();
            float[] tile = new float[Tiles.tile()];
            for (long at = 0; at < values.length(); at += tile.length) {
                int run = (int) Math.min(tile.length, values.length() - at);
                values.decode(at, tile, 0, run);
                owned.buffer.put((int) at, tile, 0, run);
            }
        }

        @Override
        public void close() {
            owned.close();
        }
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

    /**
     * The same memory as bytes, little-endian.
     *
     * @throws IllegalStateException if this is frozen
     */
    public ByteBuffer bytes() {
        if (isReadOnly()) {
            throw new IllegalStateException("frozen memory holds floats only");
        }
        return new BytePointer(pointer)
                .capacity(floats() * Float.BYTES)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Capacity in floats. */
    public long floats() {
        return values != null ? values.length() : buffer.capacity();
    }

    /** Address of the first byte. */
    long address() {
        return values != null ? unpacked().address : address;
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
        if (unpacked != null) {
            unpacked.close();
        }
        if (values != null) {
            values.close();
        }
    }
}
