package dev.graft.transformer.model;

import dev.graft.autograd.Scope;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Says how probable the labelled tokens of sequences are, with any mix of adapters. Safe for use by several threads. */
public final class LanguageModel {
    /** Rows of logits that are in memory at a time. */
    private static final int CHUNK = 128;

    private final RowPasses passes;

    /**
     * A language model over a base.
     *
     * @throws IllegalArgumentException if the base predicts no tokens
     */
    public LanguageModel(BaseModel base, Workers workers) {
        if (!base.config().generates()) {
            throw new IllegalArgumentException(
                    "a base of the family " + base.config().modelType() + " predicts no tokens");
        }
        passes = new RowPasses(base, workers);
    }

    /**
     * What the model thinks of a row's labelled tokens.
     *
     * @param logprobs natural logarithm of each one's probability
     * @param first true for each that is the most probable one; not to be changed
     */
    public record Scored(float[] logprobs, boolean[] first) {
        /** Sum of the logarithms. */
        public double logprob() {
            double sum = 0;
            for (float each : logprobs) {
                sum += each;
            }
            return sum;
        }
    }

    /** Scores rows with one adapter, or null for the bare base. */
    public List<Scored> score(List<TokenRow> rows, Adapter adapter) {
        return score(rows, Collections.nCopies(rows.size(), adapter));
    }

    /** Scores each row with its own adapter, or null for the bare base. */
    public List<Scored> score(List<TokenRow> rows, List<Adapter> adapters) {
        Scored[] scored = new Scored[rows.size()];
        passes.run(rows, adapters, (tape, pass, routes, numbers) -> {
            Var hidden = pass.hidden();
            Predicted predicted = pass.predicted(); // hooks may have put rows in front of texts by now
            Scored all = all(tape, pass.vocabulary(), hidden, predicted);
            for (int i = 0; i < numbers.size(); i++) {
                int from = predicted.places().start(i);
                int to = from + predicted.places().length(i);
                scored[numbers.get(i)] =
                        new Scored(Arrays.copyOfRange(all.logprobs, from, to), Arrays.copyOfRange(all.first, from, to));
            }
        });
        return List.of(scored);
    }

    private static Scored all(Tape tape, Vocabulary vocabulary, Var hidden, Predicted predicted) {
        Scored found = new Scored(new float[predicted.count()], new boolean[predicted.count()]);
        if (predicted.count() == 0) {
            return found;
        }
        Var rows = hidden.gather(predicted.rows());
        if (!vocabulary.isPlain()) {
            read(tape, vocabulary.logits(rows, predicted.places()), 0, predicted, found);
            return found;
        }
        for (int from = 0; from < predicted.rows().length; from += CHUNK) {
            try (Scope scope = tape.scope()) {
                int to = Math.min(predicted.rows().length, from + CHUNK);
                read(tape, vocabulary.logits(rows.rows(from, to), Sequences.packed(to - from)), from, predicted, found);
            }
        }
        return found;
    }

    private static void read(Tape tape, Var logits, int from, Predicted predicted, Scored into) {
        for (int i = 0; i < logits.size(0) && from + i < predicted.count(); i++) {
            float[] row = tape.value(logits).rows(i, i + 1).toArray();
            int label = predicted.labels()[from + i];
            into.logprobs[from + i] = (float) LogSoftmax.at(row, label);
            into.first[from + i] = LogSoftmax.largest(row) == label;
        }
    }

    /** Logits of the token after each row's last one, from a pass over the whole row: [rows][vocabulary]. */
    public float[][] next(List<TokenRow> rows, List<Adapter> adapters) {
        float[][] logits = new float[rows.size()][];
        passes.run(rows, adapters, (tape, pass, routes, numbers) -> {
            Var hidden = pass.hidden();
            Sequences places = pass.sequences();
            int[] last = new int[places.count()];
            int[] ones = new int[last.length];
            Arrays.fill(ones, 1);
            for (int i = 0; i < last.length; i++) {
                last[i] = places.start(i) + places.length(i) - 1;
            }
            Var found = pass.vocabulary().logits(hidden.gather(last), Sequences.packed(ones));
            for (int i = 0; i < last.length; i++) {
                logits[numbers.get(i)] = tape.value(found).rows(i, i + 1).toArray();
            }
        });
        return logits;
    }
}
