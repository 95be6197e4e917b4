package dev.graft.training.experiment;

import dev.graft.training.plan.Keys;
import java.io.IOException;
import java.util.Map;

/** What a run's folder says of its training, beside the test rows. */
final class Figures {
    private Figures() {}

    /** Adds figures that a repetition gives again, and those that were measured. */
    static void add(Map<String, Object> figures, Map<String, Object> measured, Cell cell, Trained trained)
            throws IOException {
        Map<String, Object> finished = trained.finished();
        Map<String, Object> best = Keys.object("best_validation", finished.get("best_validation"));
        best.forEach((key, value) -> {
            if (!key.equals("rows") && !key.equals("tokens")) {
                figures.put(key.equals("step") ? "best_step" : "validation_" + key, value);
            }
        });
        double parameters = Trained.number(Keys.object("base", trained.record().get("base")), "parameters");
        double trainable = Trained.number(trained.record(), "trainable");
        figures.put("trainable_parameters", (long) trainable);
        figures.put("share_of_base", trainable / parameters);
        figures.put("adapter_bytes", trained.adapterBytes());
        figures.put("steps", finished.get("steps"));
        figures.put("train_tokens", finished.get("tokens"));
        figures.put("final_train_loss", finalLoss(trained));
        figures.put("gradient_bytes", Float.BYTES * (long) trainable);
        figures.put("optimizer_bytes", 2 * Float.BYTES * (long) trainable);
        measured.putAll(trained.measured());
        Double reach = cell.experiment().reach();
        if (reach != null) {
            long step = trained.reached(reach);
            figures.put("reach_step", step < 0 ? null : step);
            Object millis = measured.get("ms_per_step");
            measured.put("reach_seconds", step < 0 || millis == null ? null : step * (Double) millis / 1000);
        }
    }

    /** Mean loss of the last twentieth of the steps. */
    private static double finalLoss(Trained trained) throws IOException {
        var losses = trained.losses();
        int some = Math.max(1, losses.size() / 20);
        return losses.subList(losses.size() - some, losses.size()).stream()
                .mapToDouble(point -> point.loss())
                .average()
                .orElse(Double.NaN);
    }
}
