package dev.graft.transformer.model;

import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/** Turns token sequences into vectors of length 1, with any mix of adapters. Safe for use by several threads. */
public final class Embedder {
    private final RowPasses passes;

    /** An embedder over a base. */
    public Embedder(BaseModel base, Workers workers) {
        passes = new RowPasses(base, workers);
    }

    /**
     * The mean of the hidden states of each row's tokens, divided by its length, as sentence-transformers has it; each
     * with its own adapter, or null for the bare base: [rows][hidden].
     */
    public float[][] vectors(List<TokenRow> rows, List<Adapter> adapters) {
        float[][] vectors = new float[rows.size()][];
        passes.run(rows, adapters, (tape, pass, routes, numbers) -> {
            Var hidden = pass.hidden();
            Var means = hidden.mean(pass.sequences()); // [rows of the pass, hidden]
            for (int i = 0; i < numbers.size(); i++) {
                vectors[numbers.get(i)] = normed(tape, means, i);
            }
        });
        return vectors;
    }

    private static float[] normed(Tape tape, Var means, int row) {
        float[] values = tape.value(means).rows(row, row + 1).toArray();
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        double length = Math.max(1e-12, Math.sqrt(squares));
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] / length);
        }
        return values;
    }
}
