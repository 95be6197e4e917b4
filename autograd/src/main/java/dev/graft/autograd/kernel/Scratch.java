package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;

/**
 * Native memory that one kernel or packed weight owns. It starts on a cache line: AMX reads 64 bytes at a time and
 * takes twice as long where these lie in two lines.
 */
final class Scratch implements AutoCloseable {
    private static final int LINE = 64;

    private Storage memory;
    private long floats;

    /** Address of at least so many floats; what was there is lost if there were fewer. */
    long address(long wanted) {
        if (memory == null || floats < wanted) {
            close();
            memory = Storage.allocate(wanted + LINE / Float.BYTES);
            floats = wanted;
        }
        return (Tensor.over(memory, 0, 1).address() + LINE - 1) / LINE * LINE;
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
