package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Classifies token sequences with any mix of adapters. Nothing is padded: rows of similar length share a pass, and the
 * passes run side by side. Safe for use by several threads.
 */
public final class Classifier {
    /** Tokens of a pass on one thread: enough to keep a product busy, few enough to stay in its cache. */
    private static final int PASS_TOKENS = 1024;

    /** Below this many tokens one pass with all native threads is faster than one thread. */
    private static final int WIDE_TOKENS = 512;

    private final BaseModel base;
    private final Workers workers;

    /** A classifier over a base. */
    public Classifier(BaseModel base, Workers workers) {
        this.base = base;
        this.workers = workers;
    }

    /** Logits of each row with one adapter, or null for the base's own classifier: [rows][labels]. */
    public float[][] logits(List<TokenRow> rows, Adapter adapter) {
        List<Adapter> same = new ArrayList<>();
        rows.forEach(row -> same.add(adapter));
        return logits(rows, same);
    }

    /** Logits of each row with its own adapter, or null for the base's own classifier: [rows][labels of the adapter]. */
    public float[][] logits(List<TokenRow> rows, List<Adapter> adapters) {
        float[][] logits = new float[rows.size()][];
        Map<Adapter, Integer> order = new HashMap<>();
        adapters.forEach(adapter -> order.putIfAbsent(adapter, order.size()));
        List<Integer> sorted = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(i -> rows.get(i).tokens().length)
                        .thenComparingInt(i -> order.get(adapters.get(i))))
                .toList();
        List<List<Integer>> passes = split(sorted, rows);
        if (passes.size() == 1
                && sorted.stream().mapToInt(i -> rows.get(i).tokens().length).sum() <= WIDE_TOKENS) {
            workers.runWide(compute -> pass(compute, passes.get(0), rows, adapters, order, logits));
        } else {
            workers.run(passes.stream()
                    .<Function<Compute, Void>>map(part -> compute -> pass(compute, part, rows, adapters, order, logits))
                    .toList());
        }
        return logits;
    }

    private static List<List<Integer>> split(List<Integer> sorted, List<TokenRow> rows) {
        List<List<Integer>> passes = new ArrayList<>();
        int tokens = PASS_TOKENS;
        for (int row : sorted) {
            int length = rows.get(row).tokens().length;
            if (tokens + length > PASS_TOKENS) {
                passes.add(new ArrayList<>());
                tokens = 0;
            }
            passes.get(passes.size() - 1).add(row);
            tokens += length;
        }
        return passes;
    }

    private Void pass(
            Compute compute,
            List<Integer> part,
            List<TokenRow> rows,
            List<Adapter> adapters,
            Map<Adapter, Integer> order,
            float[][] logits) {
        List<Integer> byAdapter = part.stream()
                .sorted(Comparator.comparingInt(i -> order.get(adapters.get(i))))
                .toList();
        List<Route> routes = routes(byAdapter, adapters);
        try (Tape tape = new Tape(compute, false)) {
            ForwardPass pass = new ForwardPass(
                    base.transformer(), tape, byAdapter.stream().map(rows::get).toList(), routes, Training.NONE);
            Var pooled = pass.pooled(pass.hidden());
            for (int r = 0; r < routes.size(); r++) {
                Route route = routes.get(r);
                Var scores = pass.logits(r, pooled);
                int labels = (int) scores.size(1);
                float[] values = tape.value(scores).toArray();
                for (int i = 0; i < route.count(); i++) {
                    logits[byAdapter.get(route.first() + i)] =
                            java.util.Arrays.copyOfRange(values, i * labels, (i + 1) * labels);
                }
            }
        }
        return null;
    }

    private static List<Route> routes(List<Integer> rows, List<Adapter> adapters) {
        List<Route> routes = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= rows.size(); i++) {
            Adapter adapter = adapters.get(rows.get(from));
            if (i == rows.size() || adapters.get(rows.get(i)) != adapter) {
                routes.add(new Route(adapter == null ? null : adapter.overlay(), from, i - from));
                from = i;
            }
        }
        return routes;
    }
}
