package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
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
 * Runs rows with any mix of adapters through a base. Nothing is padded: rows of similar length share a pass, and the
 * passes run side by side. Safe for use by several threads.
 */
final class RowPasses {
    /** Tokens of a pass on one thread: enough to keep a product busy, few enough to stay in its cache. */
    private static final int PASS_TOKENS = 512;

    /** Below this many tokens one pass with all native threads is faster than one thread. */
    private static final int WIDE_TOKENS = 512;

    private final BaseModel base;
    private final Workers workers;

    RowPasses(BaseModel base, Workers workers) {
        this.base = base;
        this.workers = workers;
    }

    /** What is done with some rows. */
    @FunctionalInterface
    interface Work {
        /**
         * Runs on a worker.
         *
         * @param numbers of the rows, in the order of the pass
         */
        void run(Tape tape, ForwardPass pass, List<Route> routes, List<Integer> numbers);
    }

    /** Does something with each row, some at a time. */
    void run(List<TokenRow> rows, List<Adapter> adapters, Work work) {
        Map<Adapter, Integer> order = new HashMap<>();
        adapters.forEach(adapter -> order.putIfAbsent(adapter, order.size()));
        List<Integer> sorted = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(i -> rows.get(i).length())
                        .thenComparingInt(i -> order.get(adapters.get(i))))
                .toList();
        List<List<Integer>> passes = split(sorted, rows);
        List<Function<Compute, Void>> tasks = passes.stream()
                .<Function<Compute, Void>>map(part -> {
                    List<Integer> byAdapter = part.stream()
                            .sorted(Comparator.comparingInt(i -> order.get(adapters.get(i))))
                            .toList();
                    return compute -> pass(compute, byAdapter, rows, adapters, work);
                })
                .toList();
        int tokens = rows.stream().mapToInt(TokenRow::length).sum();
        if (tasks.size() == 1 && tokens <= WIDE_TOKENS) {
            workers.runWide(tasks.get(0));
        } else {
            workers.run(tasks);
        }
    }

    private static List<List<Integer>> split(List<Integer> sorted, List<TokenRow> rows) {
        List<List<Integer>> passes = new ArrayList<>();
        int tokens = PASS_TOKENS;
        for (int row : sorted) {
            int length = rows.get(row).length();
            if (tokens + length > PASS_TOKENS) {
                passes.add(new ArrayList<>());
                tokens = 0;
            }
            passes.get(passes.size() - 1).add(row);
            tokens += length;
        }
        return passes;
    }

    private Void pass(Compute compute, List<Integer> numbers, List<TokenRow> rows, List<Adapter> adapters, Work work) {
        List<Route> routes = routes(numbers, adapters);
        try (Tape tape = new Tape(compute, false)) {
            List<TokenRow> chosen = numbers.stream().map(rows::get).toList();
            work.run(tape, new ForwardPass(base.transformer(), tape, chosen, routes, Training.NONE), routes, numbers);
        }
        return null;
    }

    /** Neighbouring rows of one adapter are a route. */
    static List<Route> routes(List<Integer> rows, List<Adapter> adapters) {
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
