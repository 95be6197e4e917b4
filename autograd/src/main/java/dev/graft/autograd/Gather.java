package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/** Rows of a table by number: embeddings. */
final class Gather {
    private Gather() {}

    static Var apply(Var table, int... indices) {
        Require.rows(table, "gather");
        for (int index : indices) {
            if (index < 0 || index >= table.size(0)) {
                throw new IllegalArgumentException("index " + index + " is outside the table " + table);
            }
        }
        Tape tape = table.tape();
        Tensor from = table.value();
        int width = (int) from.size(1);
        Tensor out = tape.arena().allocate(indices.length, width);
        float[] row = new float[width];
        for (int i = 0; i < indices.length; i++) {
            if (from.isCompact()) {
                from.decode((long) indices[i] * width, row, 0, width);
            } else {
                from.buffer().get(from.offset() + indices[i] * width, row, 0, width);
            }
            out.buffer().put(out.offset() + i * width, row, 0, width);
        }
        Var result = tape.result(out, table);
        if (result.requiresGradient()) {
            tape.record(result, dy -> scatter(tape.gradientToAdd(table), indices, dy));
        }
        return result;
    }

    private static void scatter(Tensor gradient, int[] indices, Tensor dy) {
        int width = (int) dy.size(1);
        float[] row = new float[width];
        float[] sum = new float[width];
        for (int i = 0; i < indices.length; i++) {
            int at = gradient.offset() + indices[i] * width;
            dy.buffer().get(dy.offset() + i * width, row, 0, width);
            gradient.buffer().get(at, sum, 0, width);
            for (int j = 0; j < width; j++) {
                sum[j] += row[j];
            }
            gradient.buffer().put(at, sum, 0, width);
        }
    }
}
