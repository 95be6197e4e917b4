package org.example.loreft;

import dev.graft.autograd.Decompositions;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.*;
import java.util.*;

/**
 * LoReFT, low-rank linear subspace ReFT (Wu et al. 2024, arXiv 2404.03592, equation 2): behind a layer the hidden state
 * h becomes h + Rᵀ(W h + b - R h), an edit within the space that the rows of R span. These rows stay orthonormal.
 *
 * <p>{@code prefix_positions} is how many positions are edited, counted from the first; 0 for all. As in the authors'
 * code R is stored as [hidden, r], and starts apart from W, so that a new adapter changes the output.
 */
public final class LoReftMethod implements PeftMethod {
    @Override
    public String id() {
        return "loreft";
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        int rank = settings.integer("r", 4, 1, model.hiddenSize());
        int positions = settings.integer("prefix_positions", 0, 0, model.maxPositions());
        double dropout = settings.number("dropout", 0, 0, Math.nextDown(1.0));
        List<Integer> layers = settings.integers("layers", List.of());
        if (layers.stream().anyMatch(layer -> layer >= model.layers())) {
            throw settings.wrong("layers", layers, "layers from 0 to " + (model.layers() - 1) + ", or none for all");
        }
        return new Edits(rank, positions, dropout, layers, new ArrayList<>());
    }

    /** The hooks of one adapter, and the projections that are kept orthonormal. */
    private record Edits(int rank, int positions, double dropout, List<Integer> layers, List<Parameter> rotations)
            implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            if (site.slot() != Slot.LAYER || !layers.isEmpty() && !layers.contains(site.layer())) {
                return Hook.NONE;
            }
            int hidden = site.outputSize();
            Init uniform = Init.uniform(1 / Math.sqrt(hidden)); // as torch starts its linear layers
            Init rotated = (start, values) -> {
                Init.normal(1).fill(start, values);
                System.arraycopy(orthonormal(values), 0, values, 0, values.length);
            };
            Parameter r = parameters.trainable("loreft_R.weight", rotated, hidden, rank);
            Parameter w = parameters.trainable("loreft_W.weight", uniform, rank, hidden);
            rotations.add(r);
            return new Edit(r, w, parameters.trainable("loreft_W.bias", uniform, rank), positions, dropout);
        }

        @Override
        public boolean startsAsBase() {
            return false;
        }

        @Override
        public void afterGradients(Step step) {
            rotations.forEach(r -> step.assign(r, orthonormal(step.value(r))));
        }

        /** Q of the QR decomposition of a matrix [hidden, rank]. */
        private float[] orthonormal(float[] matrix) {
            return Decompositions.orthogonal(matrix, matrix.length / rank, rank, rank).left(1);
        }
    }

    /** h + Rᵀ((W - R) h + b): h [tokens, hidden], Rᵀ [hidden, rank], W [rank, hidden], b [rank]. */
    private record Edit(Parameter r, Parameter w, Parameter b, int positions, double dropout) implements Hook {
        @Override
        public Var after(Context context, Var x, Var h) {
            Var difference = context.use(w).subtract(context.use(r).transpose()); // [rank, hidden]
            Var low = h.linear(difference, context.use(b)); // [tokens, rank]
            Var kept = positions == 0 ? low : low.multiply(first(context, h));
            return h.add(context.dropout(kept.linear(context.use(r), null), dropout)); // [tokens, hidden]
        }

        /** A column [tokens, 1] of ones at the first positions; rows of a prompt have those in front of the text. */
        private Var first(Context context, Var h) {
            Sequences rows = context.sequences();
            int[] text = context.positions();
            int front = (rows.tokens() - text.length) / rows.count();
            float[] column = new float[(int) h.size(0)];
            for (int s = 0, t = 0; s < rows.count(); s++) {
                for (int i = 0; i < rows.length(s); i++) {
                    column[rows.start(s) + i] = (i < front ? i : text[t++]) < positions ? 1 : 0;
                }
            }
            return context.constant(column, column.length, 1);
        }
    }
}
