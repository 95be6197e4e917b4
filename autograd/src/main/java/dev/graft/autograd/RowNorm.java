package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;

/** Euclidean norm of each row, as DoRA needs it. */
final class RowNorm {
    private RowNorm() {}

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
