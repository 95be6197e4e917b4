package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Tensor;

/**
 * Dropout on attention weights. Weights are never negative, so a dropped one is kept with its sign turned: one tensor
 * holds the weights and their mask for the backward pass.
 */
public final class AttentionDropout {
    private final double probability;
    private final long key;

    /** A mask that drops weights with a probability. */
    public AttentionDropout(double probability, long key) {
        this.probability = probability;
        this.key = key;
    }

    /**
     * Marks the dropped weights in p and writes mask * p.
     *
     * @param part number of the tensor within the call, so that each has a mask of its own
     */
    public void apply(Tensor p, Tensor dropped, int part) {
        new DropoutMask(probability, key + part * 0x9E3779B97F4A7C15L).applySigned(p, dropped);
    }

    /** Writes mask * p again from the marked weights. */
    public void again(Tensor p, Tensor dropped) {
        DropoutMask.again(p, probability, dropped);
    }

    /** Turns the gradient of the dropped weights into the gradient of the scores, in place: both [..., keys], dense. */
    public void softmaxBackward(Tensor p, Tensor dp) {
        int width = Math.toIntExact(p.size(-1));
        float scale = (float) (1 / (1 - probability));
        float[] weights = new float[width];
        float[] gradient = new float[width];
        int rows = Math.toIntExact(p.length() / width);
        for (int i = 0; i < rows; i++) {
            p.buffer().get(p.offset() + i * width, weights, 0, width);
            dp.buffer().get(dp.offset() + i * width, gradient, 0, width);
            backward(weights, gradient, scale, width);
            dp.buffer().put(dp.offset() + i * width, gradient, 0, width);
        }
    }

    private static void backward(float[] p, float[] g, float scale, int n) {
        for (int j = 0; j < n; j++) {
            g[j] *= Math.max(p[j], 0f) * scale;
        }
        float sum = sum(g, n);
        for (int j = 0; j < n; j++) {
            g[j] -= Math.abs(p[j]) * sum;
        }
    }

    private static float sum(float[] x, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        for (; i < n; i++) {
            a += x[i];
        }
        return a + b + (c + d);
    }
}
