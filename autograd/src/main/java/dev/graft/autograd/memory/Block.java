package dev.graft.autograd.memory;

/** A counted loan of arena memory: it goes back when the last user releases it. Confined to one thread. */
final class Block {
    final Chunk chunk;
    final long offset;
    final long floats;
    private int users = 1;

    Block(Chunk chunk, long offset, long floats) {
        this.chunk = chunk;
        this.offset = offset;
        this.floats = floats;
    }

    void retain() {
        if (users == 0) {
            throw new IllegalStateException("memory was used after it went back to the arena");
        }
        users++;
    }

    void release() {
        if (users == 0) {
            throw new IllegalStateException("memory was given back twice");
        }
        if (--users == 0) {
            chunk.free(this);
        }
    }

    boolean shared() {
        return users > 1;
    }

    boolean released() {
        return users == 0;
    }
}
