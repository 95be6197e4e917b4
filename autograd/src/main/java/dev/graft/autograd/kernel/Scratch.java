package dev.graft.autograd.kernel;

import org.bytedeco.javacpp.BytePointer;

/**
 * Native memory that one kernel or packed weight owns, with undefined content. It starts on a cache line: AMX reads 64
 * bytes at a time and takes twice as long where these lie in two lines. It is not ND4J's, which fills memory with zeros
 * before it lends it: for the weights of a model that takes as long as packing them.
 */
final class Scratch implements AutoCloseable {
    private static final int LINE = 64;

    private BytePointer memory;
    private long floats;

    /** Address of at least so many floats; what was there is lost if there were fewer. */
    long address(long wanted) {
        if (memory == null || floats < wanted) {
            close();
            memory = new BytePointer(wanted * Float.BYTES + LINE);
            floats = wanted;
        }
        return (memory.address() + LINE - 1) / LINE * LINE;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.deallocate();
            memory = null;
        }
    }
}
