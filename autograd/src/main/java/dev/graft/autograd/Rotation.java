package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864, section 3.2): features i and i + size / 2 of each head
 * are turned by their frequency times the token's position. It holds the angles of the rows of one value, and turns any
 * number of values with these rows.
 */
public final class Rotation {
    private final int[] entries;
    private final float[] cosines;
    private final float[] sines;
    private final int half;

    /**
     * Angles of rows.
     *
     * @param entries for each row, which angles are its
     * @param cosines [angles, head size / 2], times a factor if there is one
     * @param sines likewise
     * @param half head size / 2
     */
    public Rotation(int[] entries, float[] cosines, float[] sines, int half) {
        this.entries = entries.clone();
        this.cosines = cosines;
        this.sines = sines;
        this.half = half;
        for (int entry : entries) {
            if (entry < 0 || (entry + 1L) * half > Math.min(cosines.length, sines.length)) {
                throw new IllegalArgumentException("angles " + entry + " of " + half + " features are not there");
            }
        }
    }

    /**
     * Turns every head of every row.
     *
     * @param x [rows, heads * head size]
     * @return of the same shape
     */
    public Var apply(Var x) {
        Require.rows(x, "rotation");
        if (x.size(0) != entries.length || x.size(1) % (2L * half) != 0) {
            throw new IllegalArgumentException(
                    x + " does not fit the angles of " + entries.length + " rows of heads of size " + 2 * half);
        }
        Tape tape = x.tape();
        Tensor out = tape.arena().allocate(x.shape());
        turn(x.value(), out, sines);
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> {
                Tensor dx = tape.arena().allocate(dy.shape());
                float[] back = new float[sines.length];
                for (int i = 0; i < back.length; i++) {
                    back[i] = -sines[i];
                }
                turn(dy, dx, back);
                tape.give(x, dx);
            });
        }
        return result;
    }

    private void turn(Tensor from, Tensor to, float[] turning) {
        int width = (int) from.size(1);
        float[] low = new float[half];
        float[] high = new float[half];
        float[] cos = new float[half];
        float[] sin = new float[half];
        for (int row = 0; row < entries.length; row++) {
            System.arraycopy(cosines, entries[row] * half, cos, 0, half);
            System.arraycopy(turning, entries[row] * half, sin, 0, half);
            int source = from.offset() + row * (int) from.stride(0);
            int target = to.offset() + row * width;
            for (int head = 0; head < width; head += 2 * half) {
                from.buffer().get(source + head, low, 0, half);
                from.buffer().get(source + head + half, high, 0, half);
                turn(low, high, cos, sin);
                to.buffer().put(target + head, low, 0, half);
                to.buffer().put(target + head + half, high, 0, half);
            }
        }
    }

    private static void turn(float[] low, float[] high, float[] cos, float[] sin) {
        for (int i = 0; i < low.length; i++) {
            float x = low[i];
            float y = high[i];
            low[i] = x * cos[i] - y * sin[i];
            high[i] = y * cos[i] + x * sin[i];
        }
    }
}
