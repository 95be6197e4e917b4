package dev.graft.training.optimizer;

import dev.graft.autograd.memory.Tensor;
import java.nio.FloatBuffer;

/**
 * One step of AdamW for a range of elements: {@code torch.optim.AdamW}'s operations in its order, each rounded to
 * float. Floats are copied to heap arrays a tile at a time, which the JIT compiler turns into vector code. An element's
 * result does not depend on the range it is computed in.
 */
final class AdamUpdate {
    static final int TILE = 1024;

    private final float keep;
    private final float first;
    private final float second;
    private final float secondNew;
    private final float rootCorrection;
    private final float epsilon;
    private final float size;

    /** Constants of a step, in double and then rounded once, as torch has them. */
    AdamUpdate(AdamW.Options options, double learningRate, Trained trained, long step) {
        double rate = learningRate * trained.rateScale();
        keep = (float) (trained.decay() ? 1 - rate * options.weightDecay() : 1);
        first = (float) (1 - options.beta1());
        second = (float) options.beta2();
        secondNew = (float) (1 - options.beta2());
        rootCorrection = (float) Math.sqrt(1 - StrictMath.pow(options.beta2(), step));
        epsilon = (float) options.epsilon();
        size = (float) -(rate / (1 - StrictMath.pow(options.beta1(), step)));
    }

    /** Updates elements {@code from} (inclusive) to {@code to} (exclusive). */
    void apply(Tensor value, Tensor gradient, Tensor mean, Tensor square, int from, int to) {
        float[] p = new float[TILE];
        float[] g = new float[TILE];
        float[] m = new float[TILE];
        float[] v = new float[TILE];
        FloatBuffer values = value.buffer();
        FloatBuffer gradients = gradient.buffer();
        FloatBuffer means = mean.buffer();
        FloatBuffer squares = square.buffer();
        for (int at = from; at < to; at += TILE) {
            int n = Math.min(TILE, to - at);
            values.get(value.offset() + at, p, 0, n);
            gradients.get(gradient.offset() + at, g, 0, n);
            means.get(mean.offset() + at, m, 0, n);
            squares.get(square.offset() + at, v, 0, n);
            moments(g, m, v, n);
            move(p, m, v, n);
            values.put(value.offset() + at, p, 0, n);
            means.put(mean.offset() + at, m, 0, n);
            squares.put(square.offset() + at, v, 0, n);
        }
    }

    private void moments(float[] g, float[] m, float[] v, int n) {
        float toNew = first;
        float old = second;
        float part = secondNew;
        for (int i = 0; i < n; i++) {
            m[i] = m[i] + toNew * (g[i] - m[i]);
            v[i] = v[i] * old + part * g[i] * g[i];
        }
    }

    private void move(float[] p, float[] m, float[] v, int n) {
        float kept = keep;
        float correction = rootCorrection;
        float eps = epsilon;
        float by = size;
        for (int i = 0; i < n; i++) {
            float root = (float) Math.sqrt(v[i]) / correction + eps;
            p[i] = p[i] * kept + by * m[i] / root;
        }
    }
}
