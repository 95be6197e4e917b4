package dev.graft.transformer.model;

import dev.graft.autograd.Var;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Classifies each token of sequences with any mix of adapters. Safe for use by several threads. */
public final class TokenClassifier {
    private final RowPasses passes;

    /** A classifier over a base. */
    public TokenClassifier(BaseModel base, Workers workers) {
        passes = new RowPasses(base, workers);
    }

    /** Logits of each token with one adapter, or null for the base's own classifier: [rows][tokens][labels]. */
    public float[][][] logits(List<TokenRow> rows, Adapter adapter) {
        return logits(rows, Collections.nCopies(rows.size(), adapter));
    }

    /** Logits of each token, of each row with its own adapter, or null: [rows][tokens][labels of the adapter]. */
    public float[][][] logits(List<TokenRow> rows, List<Adapter> adapters) {
        float[][][] logits = new float[rows.size()][][];
        passes.run(rows, adapters, (tape, pass, routes, numbers) -> {
            Var hidden = pass.hidden();
            for (int r = 0; r < routes.size(); r++) {
                Route route = routes.get(r);
                for (int i = route.first(); i < route.first() + route.count(); i++) {
                    int from = pass.text(i);
                    int tokens = rows.get(numbers.get(i)).tokens().length;
                    Var scores = pass.tokenLogits(r, hidden.rows(from, from + tokens)); // [tokens, labels]
                    logits[numbers.get(i)] = rowsOf(tape.value(scores).toArray(), tokens);
                }
            }
        });
        return logits;
    }

    private static float[][] rowsOf(float[] values, int rows) {
        int width = values.length / rows;
        float[][] split = new float[rows][];
        for (int i = 0; i < rows; i++) {
            split[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
        return split;
    }
}
