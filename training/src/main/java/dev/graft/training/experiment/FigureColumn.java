package dev.graft.training.experiment;

import dev.graft.training.report.Numbers;
import dev.graft.training.statistics.Interval;
import java.util.List;

/**
 * A figure as a column of a table.
 *
 * @param title above it
 * @param figure key in a result's row
 * @param factor on the value
 * @param digits behind the point
 * @param spread true to show the interval over the seeds
 */
record FigureColumn(String title, String figure, double factor, int digits, boolean spread) {
    /** How good an adapter is, on the test rows. */
    static final List<FigureColumn> QUALITY = List.of(
            new FigureColumn("accuracy %", "accuracy", 100, 1, true),
            new FigureColumn("macro F1 %", "macro_f1", 100, 1, true),
            new FigureColumn("BLEU", "bleu", 1, 1, true),
            new FigureColumn("ROUGE-L %", "rouge_l", 100, 1, true),
            new FigureColumn("exact match %", "written_exact_match", 100, 1, true),
            new FigureColumn("greedy match %", "exact_match", 100, 1, true),
            new FigureColumn("loss", "loss", 1, 3, true),
            new FigureColumn("general loss", "general_loss_after", 1, 3, true),
            new FigureColumn("forgotten", "forgetting", 1, 3, true),
            new FigureColumn("validation %", "validation_accuracy", 100, 1, true),
            new FigureColumn("train loss", "final_train_loss", 1, 3, true));

    /** What a run and its adapter take. */
    static final List<FigureColumn> COST = List.of(
            new FigureColumn("trained", "trainable_parameters", 1, 0, false),
            new FigureColumn("% of base", "share_of_base", 100, 3, false),
            new FigureColumn("adapter kB", "adapter_bytes", 1e-3, 1, false),
            new FigureColumn("steps", "steps", 1, 0, false),
            new FigureColumn("tokens", "train_tokens", 1, 0, false),
            new FigureColumn("ms/step", "ms_per_step", 1, 1, true),
            new FigureColumn("tokens/s", "tokens_per_second", 1, 0, false),
            new FigureColumn("text tokens", "most_tokens", 1, 0, false),
            new FigureColumn("steps to goal", "reach_step", 1, 0, false),
            new FigureColumn("s to goal", "reach_seconds", 1, 1, false),
            new FigureColumn("weights MiB", "weight_bytes", 1.0 / (1 << 20), 1, false),
            new FigureColumn("gradients MiB", "gradient_bytes", 1.0 / (1 << 20), 1, false),
            new FigureColumn("optimizer MiB", "optimizer_bytes", 1.0 / (1 << 20), 1, false),
            new FigureColumn("activations MiB", "activation_bytes", 1.0 / (1 << 20), 0, false),
            new FigureColumn("peak MiB", "peak_rss_mib", 1, 0, false));

    /** The cell of a variant; a dash where its runs do not have the figure. */
    String cell(Summary one) {
        if (!one.has(figure)) {
            return "-";
        }
        Interval interval = one.interval(figure);
        String mean = Numbers.fixed(factor * interval.mean(), digits);
        return spread && interval.values() > 1
                ? mean + " \u00B1 " + Numbers.fixed(factor * interval.half(), digits)
                : mean;
    }

    /** Those columns that any of some variants has. */
    static List<FigureColumn> present(List<FigureColumn> columns, List<Summary> summaries) {
        return columns.stream()
                .filter(column -> summaries.stream().anyMatch(one -> one.has(column.figure())))
                .toList();
    }
}
