package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a base loses where its matrices are kept in fewer bits: measured beside the same base as floats.
 *
 * @param weights of all matrices together
 * @param outputs of a sample text: logits where the model predicts tokens, else hidden states
 * @param bytes that the matrices take
 * @param floatBytes that they take as floats
 */
public record DtypeLoss(Difference weights, Difference outputs, long bytes, long floatBytes) {
    private static final String SAMPLE =
            "The river runs from the lake to the sea, past three old towns, and every spring it floods the fields.";
    private static final int ROWS = 64;

    /**
     * How far two lists of numbers are apart.
     *
     * @param most the largest difference
     * @param mean of all differences
     * @param relative the norm of the difference over that of the floats
     */
    public record Difference(double most, double mean, double relative) {}

    private static final class Sum {
        private double most;
        private double total;
        private double squares;
        private double whole;
        private long count;

        void add(float[] expected, float[] found) {
            for (int i = 0; i < expected.length; i++) {
                double difference = Math.abs(expected[i] - found[i]);
                most = Math.max(most, difference);
                total += difference;
                squares += difference * difference;
                whole += (double) expected[i] * expected[i];
            }
            count += expected.length;
        }

        Difference result() {
            return new Difference(most, total / Math.max(1, count), whole == 0 ? 0 : Math.sqrt(squares / whole));
        }
    }

    /**
     * Opens a base twice and compares.
     *
     * @param base a directory or a GGUF file
     */
    public static DtypeLoss of(Path base, BaseDtype dtype) throws IOException {
        try (BaseModel floats = BaseModel.open(base, BaseDtype.F32);
                BaseModel compact = BaseModel.open(base, dtype)) {
            Sum weights = new Sum();
            long bytes = 0;
            long floatBytes = 0;
            List<FrozenWeight> expected = floats.transformer().weights();
            List<FrozenWeight> found = compact.transformer().weights();
            for (int i = 0; i < expected.size(); i++) {
                FrozenWeight stored = found.get(i).stored();
                long[] shape = stored.shape();
                if (shape.length == 2) {
                    compare(expected.get(i).stored(), stored, weights);
                    bytes += stored.storedBytes();
                    floatBytes += shape[0] * shape[1] * Float.BYTES;
                }
            }
            Sum outputs = new Sum();
            int[] tokens = floats.tokenizer()
                    .encode(SAMPLE, null, Math.min(64, floats.config().maxPositions()))
                    .ids();
            outputs.add(outputs(floats, tokens), outputs(compact, tokens));
            return new DtypeLoss(weights.result(), outputs.result(), bytes, floatBytes);
        }
    }

    private static void compare(FrozenWeight expected, FrozenWeight found, Sum sum) {
        long rows = found.shape()[0];
        for (long row = 0; row < rows; row += ROWS) {
            long to = Math.min(rows, row + ROWS);
            sum.add(expected.rows(row, to), found.rows(row, to));
        }
    }

    private static float[] outputs(BaseModel base, int[] tokens) {
        List<TokenRow> rows = List.of(new TokenRow(tokens, new int[tokens.length]));
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            ForwardPass pass =
                    new ForwardPass(base.transformer(), tape, rows, List.of(new Route(null, 0, 1)), Training.NONE);
            Var hidden = pass.hidden();
            Var seen = base.config().generates() ? pass.vocabulary().logits(hidden, pass.sequences()) : hidden;
            float[] values = tape.value(seen).toArray();
            int width = (int) seen.size(1);
            return Arrays.copyOf(values, tokens.length * width); // rows of padding follow
        }
    }
}
