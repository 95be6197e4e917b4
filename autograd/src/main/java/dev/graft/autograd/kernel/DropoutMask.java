package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Arena;
import dev.graft.autograd.memory.Tensor;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * Which elements a dropout keeps: one byte an element, 1 or 0, as a function of (key, element) alone.
 *
 * <p>The kernels multiply by the bytes as they store a result, so that a mask costs neither a pass of its own nor
 * floats. An element is dropped if 16 bits of a hash (the finaliser of MurmurHash3 over a keyed counter) are below the
 * probability, which is thereby exact to 1/65536.
 */
public final class DropoutMask {
    /** Words drawn at once: four elements each. */
    private static final int TILE = 1024;

    private static final int ELEMENTS = 4;

    private final Tensor bytes;
    private final long first;
    private final long length;
    private final float scale;

    private DropoutMask(Tensor bytes, long first, long length, float scale) {
        this.bytes = bytes;
        this.first = first;
        this.length = length;
        this.scale = scale;
    }

    /**
     * Draws a mask.
     *
     * @param length number of elements
     * @param probability to drop an element, from 0 to below 1
     * @param key another mask for every key
     */
    public static DropoutMask draw(Arena arena, long length, double probability, long key) {
        int words = Math.toIntExact((length + ELEMENTS - 1) / ELEMENTS);
        Tensor bytes = arena.allocate(words);
        IntBuffer to = bytes.words();
        int size = Math.min(TILE, words);
        int[] counters = new int[size];
        Arrays.setAll(counters, i -> i);
        int[] hashes = new int[size];
        int[] tile = new int[size];
        int limit = (int) Math.round(probability * 65536);
        int low = (int) key;
        int high = (int) (key >>> 32);
        for (int done = 0; done < words; done += TILE) {
            int n = Math.min(TILE, words - done);
            hash(counters, done, n, low, high, hashes);
            decide(hashes, n, low, high, limit, tile);
            to.put(bytes.offset() + done, tile, 0, n);
        }
        return new DropoutMask(bytes, 0, length, (float) (1 / (1 - probability)));
    }

    // The loops below are made into vectors by the compiler: whole numbers only, no use of the loop's own variable
    // except as an index, and not too much in one loop. All that is worth a factor of seven.

    private static void hash(int[] counters, int first, int n, int low, int high, int[] hashes) {
        for (int i = 0; i < n; i++) {
            int a = (first + counters[i]) * 0x9E3779B9 ^ low;
            a ^= a >>> 16;
            a *= 0x85EBCA6B;
            a ^= a >>> 13;
            a += high;
            a *= 0xC2B2AE35;
            hashes[i] = a;
        }
    }

    /** Four decisions a word, of two hashes of 32 bits. */
    private static void decide(int[] hashes, int n, int low, int high, int limit, int[] out) {
        for (int i = 0; i < n; i++) {
            int a = hashes[i];
            int b = (a ^ low) * 0x27D4EB2F + high;
            a ^= a >>> 16;
            b ^= b >>> 15;
            b *= 0x85EBCA6B;
            b ^= b >>> 13;
            int dropped = ((a & 0xFFFF) - limit) >>> 31
                    | (((a >>> 16) - limit) >>> 31) << 8
                    | (((b & 0xFFFF) - limit) >>> 31) << 16
                    | (((b >>> 16) - limit) >>> 31) << 24;
            out[i] = dropped ^ 0x01010101;
        }
    }

    /** The mask of the elements from (inclusive) to to (exclusive), in the same memory. */
    public DropoutMask slice(long from, long to) {
        if (from < 0 || from > to || to > length) {
            throw new IllegalArgumentException("elements " + from + ".." + to + " of a mask of " + length);
        }
        return new DropoutMask(bytes, first + from, to - from, scale);
    }

    /** Number of elements. */
    public long length() {
        return length;
    }

    /** What kept elements are multiplied by: 1 / (1 - probability). */
    public float scale() {
        return scale;
    }

    /** The memory behind the mask: it lives and ends like any other tensor of a step. */
    public Tensor bytes() {
        return bytes;
    }

    long address() {
        return bytes.address() + first;
    }

    /** Factors of the elements from (inclusive) to to (exclusive): 0 or the scale. */
    public float[] factors(long from, long to) {
        float[] factors = new float[Math.toIntExact(to - from)];
        IntBuffer words = bytes.words();
        for (int i = 0; i < factors.length; i++) {
            long element = first + from + i;
            int word = words.get(bytes.offset() + (int) (element / ELEMENTS));
            int kept = word >>> 8 * (int) (element % ELEMENTS) & 1;
            factors[i] = kept * scale;
        }
        return factors;
    }
}
