package dev.graft.training;

import dev.graft.autograd.Compute;
import dev.graft.transformer.model.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Runs the micro-batches of one step, of one adapter or of several, side by side. A micro-batch holds rows of one adapter
 * and is computed by one thread, so its bits do not depend on what runs beside it.
 */
final class MicroBatches {
    private MicroBatches() {}

    /** Some neighbouring micro-batches of one adapter. */
    private record Part(GradientStep step, int from, int to) {}

    /** Computes the loss and the gradient of every adapter's step. */
    static void run(List<GradientStep> steps, Workers workers) {
        List<Part> round = new ArrayList<>();
        int room = workers.threads();
        for (GradientStep step : steps) {
            for (int from = 0; from < step.parts(); ) {
                int to = Math.min(step.parts(), from + room);
                round.add(new Part(step, from, to));
                room -= to - from;
                from = to;
                if (room == 0) {
                    run(round, workers, workers.threads());
                    round.clear();
                    room = workers.threads();
                }
            }
        }
        run(round, workers, workers.threads() - room);
    }

    /** Computes as many micro-batches as there are threads, and adds each to its adapter's step. */
    private static void run(List<Part> round, Workers workers, int count) {
        List<Function<Compute, Double>> tasks = new ArrayList<>(count);
        for (Part part : round) {
            for (int i = part.from; i < part.to; i++) {
                tasks.add(part.step.task(i, part.from));
            }
        }
        List<Double> shares = workers.run(tasks);
        int at = 0;
        for (Part part : round) {
            int end = at + part.to - part.from;
            part.step.add(part.from, shares.subList(at, end));
            at = end;
        }
    }
}
