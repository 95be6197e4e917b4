package dev.graft.training.experiment;

import dev.graft.training.compare.LossCurves;
import dev.graft.training.compare.LossPoint;
import dev.graft.training.report.Ink;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Plots;
import dev.graft.training.report.Series;
import dev.graft.training.report.Table;
import java.util.ArrayList;
import java.util.List;

/** Losses over steps, of the best variants of a group. */
final class Curves {
    private static final int POINTS = 150;
    private static final int MOMENTS = 5;

    private final Group group;
    private final List<Series> series = new ArrayList<>();

    Curves(Group group) {
        this.group = group;
        for (Summary one :
                group.ranked().subList(0, Math.min(Ink.SERIES, group.ranked().size()))) {
            series.add(new Series(one.variant().name(), band(one), false));
        }
    }

    boolean empty() {
        return series.isEmpty();
    }

    /** The mean over the seeds of smoothed losses, with the lowest and the highest. */
    private static List<Series.Point> band(Summary one) {
        List<List<LossPoint>> runs = one.losses()
                .map(run -> LossCurves.smooth(run, LossCurves.window(run.size())))
                .toList();
        int steps = runs.stream().mapToInt(List::size).min().orElse(0);
        List<LossPoint> mean = new ArrayList<>();
        List<Series.Point> all = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            int at = i;
            double[] losses =
                    runs.stream().mapToDouble(run -> run.get(at).loss()).toArray();
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (double loss : losses) {
                low = Math.min(low, loss);
                high = Math.max(high, loss);
                sum += loss;
            }
            long step = runs.get(0).get(i).step();
            mean.add(new LossPoint(step, i));
            all.add(new Series.Point(step, sum / losses.length, low, high));
        }
        return LossCurves.thin(mean, POINTS).stream()
                .map(point -> all.get((int) point.loss()))
                .toList();
    }

    String picture() {
        return Plots.lines("Training loss: " + group.title(), "step", "loss", series, false);
    }

    String caption() {
        boolean some = series.size() < group.ranked().size();
        return "Training loss, smoothed over a twentieth of the steps; mean over the seeds, the band reaches from the "
                + "lowest to the highest" + (some ? "; the best " + series.size() + " variants" : "")
                + ". The next table has numbers.";
    }

    /** The curves at five moments. */
    Table table() {
        List<List<String>> rows = new ArrayList<>();
        for (Series one : series) {
            List<String> row = new ArrayList<>(List.of(one.name()));
            for (int i = 0; i < MOMENTS; i++) {
                int at = (int) Math.round(i * (one.points().size() - 1.0) / (MOMENTS - 1));
                row.add(Numbers.fixed(one.points().get(at).y(), 3));
            }
            rows.add(row);
        }
        return new Table(
                "Training loss: " + group.title(), List.of("variant", "start", "25 %", "50 %", "75 %", "end"), 1, rows);
    }
}
