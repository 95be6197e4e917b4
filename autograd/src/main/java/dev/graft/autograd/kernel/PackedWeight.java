package dev.graft.autograd.kernel;

import org.bytedeco.dnnl.memory;

/** A frozen weight in the layout, and with bf16 math in the type, that a product reads fastest. Shared by threads. */
final class PackedWeight implements AutoCloseable {
    private final Runnable release;
    private final memory.desc layout;
    private final long address;

    PackedWeight(Scratch memory, memory.desc layout, long address) {
        this(memory::close, layout, address);
    }

    /** A weight in memory of somebody who gives it back. */
    PackedWeight(Runnable release, memory.desc layout, long address) {
        this.release = release;
        this.layout = layout;
        this.address = address;
    }

    memory.desc layout() {
        return layout;
    }

    long address() {
        return address;
    }

    @Override
    public void close() {
        release.run();
    }
}
