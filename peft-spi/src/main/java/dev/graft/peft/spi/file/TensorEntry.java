package dev.graft.peft.spi.file;

/** What a safetensors header says about one tensor. */
public final class TensorEntry {
    private final Dtype dtype;
    private final long[] shape;
    private final long begin;
    private final long end;

    TensorEntry(Dtype dtype, long[] shape, long begin, long end) {
        this.dtype = dtype;
        this.shape = shape;
        this.begin = begin;
        this.end = end;
    }

    /** Type of the elements. */
    public Dtype dtype() {
        return dtype;
    }

    /** The shape; a copy. */
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public long length() {
        return bytes() / dtype.bytes();
    }

    /** Number of bytes. */
    public long bytes() {
        return end - begin;
    }

    /** Offset of the first byte behind the header. */
    long begin() {
        return begin;
    }

    /** Offset behind the last byte. */
    long end() {
        return end;
    }
}
