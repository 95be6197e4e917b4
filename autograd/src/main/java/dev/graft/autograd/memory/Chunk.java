package dev.graft.autograd.memory;

import java.util.Map;
import java.util.TreeMap;

/** One storage of an arena, with the map of its free ranges; neighbours are joined when a block comes back. */
final class Chunk {
    final Storage storage;
    private final Arena arena;
    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final long lendable;

    /** A chunk of an arena, of so many floats, a multiple of a line; the first one begins a line, whatever ND4J's address. */
    Chunk(Arena arena, long floats) {
        this.arena = arena;
        storage = Storage.allocate(floats + Arena.LINE);
        lendable = floats;
        free.put(Math.floorMod(-storage.address() / Float.BYTES, Arena.LINE), floats);
    }

    /** The smallest free range that fits, or null. */
    Block take(long floats) {
        long best = -1;
        long bestSize = Long.MAX_VALUE;
        for (Map.Entry<Long, Long> range : free.entrySet()) {
            long size = range.getValue();
            if (size >= floats && size < bestSize) {
                best = range.getKey();
                bestSize = size;
            }
        }
        if (best < 0) {
            return null;
        }
        arena.lend(floats);
        free.remove(best);
        if (bestSize > floats) {
            free.put(best + floats, bestSize - floats);
        }
        return new Block(this, best, floats);
    }

    void free(Block block) {
        arena.lend(-block.floats);
        long start = block.offset;
        long size = block.floats;
        Map.Entry<Long, Long> before = free.floorEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            free.remove(before.getKey());
            start = before.getKey();
            size += before.getValue();
        }
        Long after = free.remove(start + size);
        free.put(start, after == null ? size : size + after);
    }

    boolean unused() {
        return free.size() == 1 && free.firstEntry().getValue() == lendable;
    }
}
