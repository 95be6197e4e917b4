package dev.graft.training.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What methods are ranked by, each by itself; of equals the more accurate one comes first. */
enum Rank {
    ACCURACY("accuracy %", one -> -one.accuracy().mean(), one -> Figures.percent(one.accuracy())),
    PARAMETERS(
            "parameters",
            one -> one.first().trainableParameters(),
            one -> Figures.count(one.first().trainableParameters())),
    TIME("train s", run -> run.cost().trainSeconds(), 1),
    MEMORY("peak MiB", run -> run.cost().peakMemoryMib(), 0),
    LATENCY("latency ms", run -> run.cost().latencyMillis(), 2);

    private final String title;
    private final ToDoubleFunction<MethodSummary> figure;
    private final Function<MethodSummary, String> text;

    Rank(String title, ToDoubleFunction<MethodSummary> figure, Function<MethodSummary, String> text) {
        this.title = title;
        this.figure = figure;
        this.text = text;
    }

    Rank(String title, ToDoubleFunction<MethodResult> cost, int digits) {
        this(title, one -> one.spread(cost).mean(), one -> {
            double mean = one.spread(cost).mean();
            return mean < 0 ? "unknown" : Figures.fixed(mean, digits);
        });
    }

    /** Above its column. */
    String title() {
        return title;
    }

    /** In JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A method's figure. */
    String text(MethodSummary one) {
        return text.apply(one);
    }

    /** The methods, the best first. */
    List<MethodSummary> order(Comparison comparison) {
        List<MethodSummary> order = new ArrayList<>(comparison.ranked());
        order.sort(Comparator.comparingDouble(figure));
        return order;
    }

    /** A row of titles, and a row for each place with what stands there by each figure. */
    static List<List<String>> places(Comparison comparison) {
        List<List<String>> columns = new ArrayList<>();
        for (Rank rank : values()) {
            List<String> column = new ArrayList<>(List.of("by " + rank.title));
            rank.order(comparison).forEach(one -> column.add(one.name() + " " + rank.text(one)));
            columns.add(column);
        }
        List<List<String>> rows = new ArrayList<>();
        for (int place = 0; place < columns.get(0).size(); place++) {
            List<String> row = new ArrayList<>(List.of(place == 0 ? "rank" : String.valueOf(place)));
            for (List<String> column : columns) {
                row.add(column.get(place));
            }
            rows.add(row);
        }
        return rows;
    }
}
