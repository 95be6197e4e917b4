package dev.graft.autograd;

import dev.graft.autograd.memory.Tensor;

/** The mean of each sequence's rows: [rows, width] becomes [sequences, width]. */
final class MeanRows {
    private MeanRows() {}

    static Var apply(Var x, Sequences sequences) {
        Require.rows(x, "mean");
        for (int s = 0; s < sequences.count(); s++) {
            if (sequences.length(s) == 0 || sequences.start(s) + sequences.length(s) > x.size(0)) {
                throw new IllegalArgumentException("sequence " + s + " has " + sequences.length(s) + " rows from row "
                        + sequences.start(s) + " on, which have no mean in " + x);
            }
        }
        Tape tape = x.tape();
        int width = (int) x.size(1);
        Tensor from = x.value();
        Tensor out = tape.arena().allocate(sequences.count(), width);
        for (int s = 0; s < sequences.count(); s++) {
            Tensor sum = out.rows(s, s + 1).reshape(width);
            int start = sequences.start(s);
            tape.elementwise().columnSums(from.rows(start, start + sequences.length(s)), null, sum, false);
            tape.elementwise().scale(sum, 1f / sequences.length(s), sum);
        }
        Var result = tape.result(out, x);
        if (result.requiresGradient()) {
            tape.record(result, dy -> backward(tape.gradientToAdd(x), sequences, dy));
        }
        return result;
    }

    private static void backward(Tensor gradient, Sequences sequences, Tensor dy) {
        int width = (int) dy.size(1);
        float[] share = new float[width];
        float[] row = new float[width];
        for (int s = 0; s < sequences.count(); s++) {
            dy.buffer().get(dy.offset() + s * width, share, 0, width);
            for (int i = 0; i < sequences.length(s); i++) {
                int at = gradient.offset() + (sequences.start(s) + i) * width;
                gradient.buffer().get(at, row, 0, width);
                for (int j = 0; j < width; j++) {
                    row[j] += share[j] / sequences.length(s);
                }
                gradient.buffer().put(at, row, 0, width);
            }
        }
    }
}
