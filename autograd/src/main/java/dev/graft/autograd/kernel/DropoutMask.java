package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.nio.FloatBuffer;

/**
 * Dropout masks as a function of (key, element), so that a mask is drawn again instead of stored.
 *
 * <p>One 32-bit hash (the finaliser of MurmurHash3 over a keyed counter) decides for two elements, with 16 bits each:
 * probabilities are exact to 1/65536.
 */
public final class DropoutMask {
    private static final int TILE = Tiles.tile();

    private final int threshold;
    private final float scale;
    private final int low;
    private final int high;
    private final int[] hashes = new int[TILE / 2];
    private final float[] values = new float[TILE];
    private final float[] others = new float[TILE];

    /** A mask that drops with the given probability and scales what stays by 1 / (1 - probability). */
    public DropoutMask(double probability, long key) {
        threshold = (int) Math.round(probability * 65536);
        scale = (float) (1 / (1 - probability));
        low = (int) key;
        high = (int) (key >>> 32);
    }

    /** out = mask * x, plus addend where given; dense tensors of one size, out may be x or the addend. */
    public void apply(Tensor x, Tensor addend, Tensor out) {
        FloatBuffer from = x.buffer();
        FloatBuffer to = out.buffer();
        Tiles.forEach(x, (index, at, n) -> {
            from.get(at, values, 0, n);
            mask(index, n, scale);
            if (addend != null) {
                addend.buffer().get(addend.offset() + (int) index, others, 0, n);
                add(values, others, n);
            }
            to.put(out.offset() + (int) index, values, 0, n);
        });
    }

    /** Attention: dropped elements of p (never negative) are negated in place, and dropped = mask * p. */
    public void applySigned(Tensor p, Tensor dropped) {
        FloatBuffer from = p.buffer();
        Tiles.forEach(p, (index, at, n) -> {
            from.get(at, others, 0, n);
            System.arraycopy(others, 0, values, 0, n);
            sign(index, n);
            from.put(at, values, 0, n);
            positive(values, scale, n);
            dropped.buffer().put(dropped.offset() + (int) index, values, 0, n);
        });
    }

    /** Draws mask * p again from the signs that {@link #applySigned} left. */
    public static void again(Tensor signed, double probability, Tensor dropped) {
        float factor = (float) (1 / (1 - probability));
        float[] tile = new float[TILE];
        Tiles.forEach(signed, (index, at, n) -> {
            signed.buffer().get(at, tile, 0, n);
            positive(tile, factor, n);
            dropped.buffer().put(dropped.offset() + (int) index, tile, 0, n);
        });
    }

    private static void positive(float[] x, float factor, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Math.max(x[i], 0f) * factor;
        }
    }

    private static void add(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            x[i] += y[i];
        }
    }

    private void mask(long index, int n, float factor) {
        int half = (n + 1) / 2;
        draw((int) (index >>> 1), half);
        keep(values, 0, half, 0, factor);
        keep(values, half, n - half, 16, factor);
    }

    /** Negates dropped elements: the factor is 1 - 2 * dropped. */
    private void sign(long index, int n) {
        int half = (n + 1) / 2;
        draw((int) (index >>> 1), half);
        negate(values, 0, half, 0);
        negate(values, half, n - half, 16);
    }

    private void draw(int first, int n) {
        int[] out = hashes;
        int a = low;
        int b = high;
        for (int i = 0; i < n; i++) {
            int h = (first + i) * 0x9E3779B9 ^ a;
            h ^= h >>> 16;
            h *= 0x85EBCA6B;
            h ^= h >>> 13;
            h += b;
            h *= 0xC2B2AE35;
            h ^= h >>> 16;
            out[i] = h;
        }
    }

    private void keep(float[] x, int from, int n, int shift, float factor) {
        int[] random = hashes;
        int limit = threshold;
        for (int i = 0; i < n; i++) {
            int kept = 1 - ((((random[i] >>> shift) & 0xFFFF) - limit) >>> 31);
            x[from + i] *= factor * kept;
        }
    }

    private void negate(float[] x, int from, int n, int shift) {
        int[] random = hashes;
        int limit = threshold;
        for (int i = 0; i < n; i++) {
            int dropped = (((random[i] >>> shift) & 0xFFFF) - limit) >>> 31;
            x[from + i] *= 1 - 2 * dropped;
        }
    }
}
