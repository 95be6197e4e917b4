package dev.graft.transformer.model;

import dev.graft.autograd.Var;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Classifies token sequences with any mix of adapters. Safe for use by several threads. */
public final class Classifier {
    private final RowPasses passes;

    /** A classifier over a base. */
    public Classifier(BaseModel base, Workers workers) {
        passes = new RowPasses(base, workers);
    }

    /** Logits of each row with one adapter, or null for the base's own classifier: [rows][labels]. */
    public float[][] logits(List<TokenRow> rows, Adapter adapter) {
        return logits(rows, Collections.nCopies(rows.size(), adapter));
    }

    /** Logits of each row with its own adapter, or null for the base's own classifier: [rows][labels of the adapter]. */
    public float[][] logits(List<TokenRow> rows, List<Adapter> adapters) {
        float[][] logits = new float[rows.size()][];
        passes.run(rows, adapters, (tape, pass, routes, numbers) -> {
            Var pooled = pass.pooled(pass.hidden());
            for (int r = 0; r < routes.size(); r++) {
                Route route = routes.get(r);
                Var scores = pass.logits(r, pooled);
                int labels = (int) scores.size(1);
                float[] values = tape.value(scores).toArray();
                for (int i = 0; i < route.count(); i++) {
                    logits[numbers.get(route.first() + i)] = Arrays.copyOfRange(values, i * labels, (i + 1) * labels);
                }
            }
        });
        return logits;
    }
}
