package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;

/** Euclidean norm of each row, as DoRA needs it. */
public final class RowNorm {
    private RowNorm() {}

    /**
     * The norms of rows on the heap, to the bit as {@link Var#rowNorm} computes them.
     *
     * @param values [rows, width] in row-major order
     */
    public static float[] of(float[] values, int width) {
        float[] norms = new float[values.length / width];
        for (int i = 0; i < norms.length; i++) {
            float[] row = Arrays.copyOfRange(values, i * width, (i + 1) * width);
            norms[i] = (float) Math.sqrt(RowFunctions.dot(row, row, width));
        }
        return norms;
    }

    static Var apply(Var x) {
        Require.rows(x, "rowNorm");
        Tape tape = x.tape();
        int rows = (int) x.size(0);
        Tensor from = x.value();
        Tensor out = tape.arena().allocate(rows, 1);
        RowFunctions.rowDots(from, from, out);
        float[] norms = out.toArray();
        for (int i = 0; i < rows; i++) {
            norms[i] = (float) Math.sqrt(norms[i]);
        }
        Tiles.write(norms, out);
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        float[] factors = dy.toArray();
                        for (int i = 0; i < rows; i++) {
                            factors[i] = norms[i] == 0 ? 0 : factors[i] / norms[i];
                        }
                        Tensor column = tape.arena().allocate(rows, 1);
                        Tiles.write(factors, column);
                        Tensor dx = tape.arena().allocate(from.shape());
                        RowFunctions.multiplyColumn(from, column, dx);
                        column.release();
                        tape.give(x, dx);
                    },
                    from);
        }
        return result;
    }
}
