package dev.graft.training.optimizer;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.nio.FloatBuffer;
import java.util.List;

/** Scales gradients so that their global norm stays below a limit: {@code torch.nn.utils.clip_grad_norm_}. */
public final class GradientClip {
    private static final int LANES = 8;

    private GradientClip() {}

    /**
     * Norm of all gradients together, summed in double in a fixed order.
     *
     * @throws ArithmeticException if a gradient holds NaN or an infinite number; the message names the tensor
     */
    public static double norm(List<Trained> trained, List<Tensor> gradients) {
        double sum = 0;
        for (int i = 0; i < gradients.size(); i++) {
            double squares = squares(gradients.get(i));
            if (!Double.isFinite(squares)) {
                throw new ArithmeticException(
                        "the gradient of " + trained.get(i).name()
                                + " holds NaN or an infinite number; lower the learning rate or limit the gradient's norm");
            }
            sum += squares;
        }
        return Math.sqrt(sum);
    }

    /**
     * Scales all gradients by maxNorm / (norm + 1e-6) if that is below 1.
     *
     * @param maxNorm the limit; 0 for none
     */
    public static void apply(List<Tensor> gradients, double norm, double maxNorm) {
        if (!(maxNorm >= 0)) {
            throw new IllegalArgumentException(
                    "the limit on the gradient's norm is " + maxNorm + "; allowed: a number from 0");
        }
        float factor = (float) (maxNorm / (norm + 1e-6));
        if (maxNorm == 0 || factor >= 1) {
            return;
        }
        float[] tile = new float[Tiles.tile()];
        for (Tensor gradient : gradients) {
            FloatBuffer buffer = gradient.buffer();
            Tiles.forEach(gradient, (index, at, length) -> {
                buffer.get(at, tile, 0, length);
                for (int i = 0; i < length; i++) {
                    tile[i] *= factor;
                }
                buffer.put(at, tile, 0, length);
            });
        }
    }

    /** Sum of squares in eight interleaved sums, which a processor adds side by side. */
    private static double squares(Tensor tensor) {
        double[] sums = new double[LANES];
        float[] tile = new float[Tiles.tile()];
        FloatBuffer buffer = tensor.buffer();
        Tiles.forEach(tensor.reshape(tensor.length()), (index, at, length) -> {
            buffer.get(at, tile, 0, length);
            int full = length / LANES * LANES;
            add(tile, full, sums);
            for (int i = full; i < length; i++) {
                sums[i - full] += (double) tile[i] * tile[i];
            }
        });
        double sum = 0;
        for (double lane : sums) {
            sum += lane;
        }
        return sum;
    }

    private static void add(float[] tile, int full, double[] sums) {
        double s0 = sums[0];
        double s1 = sums[1];
        double s2 = sums[2];
        double s3 = sums[3];
        double s4 = sums[4];
        double s5 = sums[5];
        double s6 = sums[6];
        double s7 = sums[7];
        for (int i = 0; i < full; i += LANES) {
            s0 += (double) tile[i] * tile[i];
            s1 += (double) tile[i + 1] * tile[i + 1];
            s2 += (double) tile[i + 2] * tile[i + 2];
            s3 += (double) tile[i + 3] * tile[i + 3];
            s4 += (double) tile[i + 4] * tile[i + 4];
            s5 += (double) tile[i + 5] * tile[i + 5];
            s6 += (double) tile[i + 6] * tile[i + 6];
            s7 += (double) tile[i + 7] * tile[i + 7];
        }
        System.arraycopy(new double[] {s0, s1, s2, s3, s4, s5, s6, s7}, 0, sums, 0, LANES);
    }
}
