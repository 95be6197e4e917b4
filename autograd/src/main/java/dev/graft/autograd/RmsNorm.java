package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;

/** Root mean square normalisation (Zhang and Sennrich 2019, equation 4) of each row. */
final class RmsNorm {
    private RmsNorm() {}

    static Var apply(Var x, Var scale, float offset, float epsilon) {
        Require.rows(x, "rmsNorm");
        Require.shape(scale, "the scale", x.size(1));
        Tape tape = x.tape();
        int rows = (int) x.size(0);
        int width = (int) x.size(1);
        Tensor from = x.value();
        float[] gamma = gamma(tape, scale.value(), width);
        if (offset != 0) {
            for (int j = 0; j < width; j++) {
                gamma[j] += offset;
            }
        }
        float[] inverse = new float[rows];
        Tensor out = tape.arena().allocate(x.shape());
        float[] row = tape.isRecording() ? new float[width] : tape.borrow(1, width);
        for (int i = 0; i < rows; i++) {
            from.buffer().get(from.offset() + i * width, row, 0, width);
            inverse[i] = (float) (1 / Math.sqrt(RowFunctions.dot(row, row, width) / width + epsilon));
            for (int j = 0; j < width; j++) {
                row[j] *= inverse[i] * gamma[j];
            }
            out.buffer().put(out.offset() + i * width, row, 0, width);
        }
        Var result = tape.result(out, x, scale);
        if (result.requiresGradient()) {
            tape.record(result, dy -> backward(tape, x, scale, from, gamma, inverse, dy), from);
        }
        return result;
    }

    /** A copy of the scale; where nothing is recorded, in memory that others use next. */
    private static float[] gamma(Tape tape, Tensor scale, int width) {
        if (tape.isRecording() || scale.stride(0) != 1 || scale.isCompact()) {
            return scale.toArray();
        }
        float[] gamma = tape.borrow(0, width);
        scale.buffer().get(scale.offset(), gamma, 0, width);
        return gamma;
    }

    private static void backward(Tape tape, Var x, Var scale, Tensor from, float[] gamma, float[] inverse, Tensor dy) {
        int width = gamma.length;
        Tensor dx = tape.arena().allocate(from.shape());
        float[] value = new float[width];
        float[] gradient = new float[width];
        float[] dScale = new float[width];
        for (int i = 0; i < inverse.length; i++) {
            from.buffer().get(from.offset() + i * width, value, 0, width);
            dy.buffer().get(dy.offset() + i * width, gradient, 0, width);
            for (int j = 0; j < width; j++) {
                value[j] *= inverse[i];
                dScale[j] += gradient[j] * value[j];
                gradient[j] *= gamma[j];
            }
            float along = RowFunctions.dot(gradient, value, width) / width;
            for (int j = 0; j < width; j++) {
                gradient[j] = inverse[i] * (gradient[j] - value[j] * along);
            }
            dx.buffer().put(dx.offset() + i * width, gradient, 0, width);
        }
        tape.give(x, dx);
        Tensor toScale = tape.arena().allocate(width);
        Tiles.write(dScale, toScale);
        tape.give(scale, toScale);
    }
}
