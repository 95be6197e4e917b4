package dev.graft.peft.spi.file;

import java.io.IOException;

/** Floats that are read a piece at a time, so that a large tensor is never copied whole. */
@FunctionalInterface
public interface FloatSource {
    /**
     * Copies {@code length} elements, from {@code index} on in row-major order, to the start of {@code into}. A writer
     * asks for neighbouring pieces, from first to last.
     */
    void read(long index, float[] into, int length) throws IOException;

    /** The floats of an array. */
    static FloatSource of(float[] values) {
        return (index, into, length) -> System.arraycopy(values, (int) index, into, 0, length);
    }
}
