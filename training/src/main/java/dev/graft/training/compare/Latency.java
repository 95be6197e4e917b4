package dev.graft.training.compare;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.List;

/** Measures how long one row takes alone, as in a service that answers request by request. */
final class Latency {
    private static final int ROWS = 32;
    private static final int ROUNDS = 5;
    private static final long WARM_UP = 500_000_000; // ns: kernels are compiled, and so is the Java around them

    private Latency() {}

    /**
     * The median wall time in milliseconds of classifying a row, at batch 1, without reading its text: over the first
     * rows, several times each.
     *
     * @param rows at least one
     */
    static double millis(Classifier classifier, List<TokenRow> rows, Adapter adapter) {
        List<TokenRow> some = rows.subList(0, Math.min(ROWS, rows.size()));
        long warm = System.nanoTime() + WARM_UP;
        do {
            some.forEach(row -> classifier.logits(List.of(row), adapter));
        } while (System.nanoTime() < warm);
        double[] times = new double[ROUNDS * some.size()];
        for (int i = 0; i < times.length; i++) {
            List<TokenRow> one = List.of(some.get(i % some.size()));
            long begin = System.nanoTime();
            classifier.logits(one, adapter);
            times[i] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(times);
        return (times[(times.length - 1) / 2] + times[times.length / 2]) / 2;
    }
}
