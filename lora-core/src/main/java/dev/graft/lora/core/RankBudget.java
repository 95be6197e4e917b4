package dev.graft.lora.core;

import dev.graft.lora.core.Triplet.Tracked;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Step;
import java.util.Arrays;
import java.util.List;

/**
 * How many ranks all sites may have between them at a step, and which ones stay (Zhang et al. 2023, equations 8 to 12),
 * with the keys and the schedule of Hugging Face PEFT: all ranks for {@code tinit} steps, then fewer by a cubic, and for
 * the last {@code tfinal} steps {@code target_r} a site.
 *
 * @param initial rank of a site at the start
 * @param target mean rank of a site at the end
 * @param first steps with all ranks
 * @param last steps with the final ranks
 * @param every steps between two allocations
 * @param beta1 of the running mean of the importance
 * @param beta2 of the running mean of its uncertainty
 * @param total steps of the schedule, or 0 for the run's own
 */
record RankBudget(int initial, int target, int first, int last, int every, float beta1, float beta2, int total) {
    static RankBudget read(Settings settings) {
        int initial = settings.integer("init_r", 12, 1, Integer.MAX_VALUE);
        int target = settings.integer("target_r", 8, 1, Integer.MAX_VALUE);
        if (target > initial) {
            throw settings.wrong("target_r", target, "at most init_r, which is " + initial);
        }
        int first = settings.integer("tinit", 0, 0, Integer.MAX_VALUE);
        int last = settings.integer("tfinal", 0, 0, Integer.MAX_VALUE);
        int least = first + last + 1;
        int every = settings.integer("deltaT", 1, 1, Integer.MAX_VALUE);
        double beta1 = settings.number("beta1", 0.85, Double.MIN_VALUE, Math.nextDown(1.0));
        double beta2 = settings.number("beta2", 0.85, Double.MIN_VALUE, Math.nextDown(1.0));
        settings.beyondPeft("total_step_of_run");
        boolean run = settings.flag("total_step_of_run", !settings.has("total_step"));
        int total = settings.integer("total_step", least, least, Integer.MAX_VALUE);
        return new RankBudget(initial, target, first, last, every, (float) beta1, (float) beta2, run ? 0 : total);
    }

    /** After a step of the optimizer: updates the importance of every element, and gives up ranks. */
    void apply(Step step, List<Triplet> triplets) {
        int end = (total == 0 ? step.total() : total) - last;
        if (first >= end) {
            throw new SettingsException("tinit is " + first + " and tfinal " + last + ", which leaves none of the "
                    + (end + last) + " steps for the budget to shrink in; give fewer");
        }
        int now = step.index();
        if (now > end) {
            triplets.forEach(triplet -> mask(step, triplet));
            return;
        }
        if (now < end) {
            triplets.forEach(triplet ->
                    List.of(triplet.a(), triplet.e(), triplet.b()).forEach(tracked -> update(step, tracked)));
        }
        if (now == end || now > first && now % every == 0) {
            allocate(step, triplets, budget(now, end, triplets));
        }
    }

    /** Ranks that may stay at a step, over all sites. */
    private int budget(int now, int end, List<Triplet> triplets) {
        int all = triplets.stream().mapToInt(Triplet::rank).sum();
        int least = target * triplets.size();
        if (now <= first) {
            return all;
        }
        double left = 1 - (double) (now - first) / (end - first);
        return (int) ((all - least) * left * left * left + least);
    }

    /** I = |w g|, its running mean, and the running mean of its distance from that. */
    private void update(Step step, Tracked tracked) {
        float[] values = step.value(tracked.values());
        float[] gradient = step.gradient(tracked.values());
        float[] importance = step.value(tracked.importance());
        float[] uncertainty = step.value(tracked.uncertainty());
        for (int i = 0; i < values.length; i++) {
            float now = Math.abs(values[i] * gradient[i]);
            importance[i] = beta1 * importance[i] + (1 - beta1) * now;
            uncertainty[i] = beta2 * uncertainty[i] + (1 - beta2) * Math.abs(now - importance[i]);
        }
        step.assign(tracked.importance(), importance);
        step.assign(tracked.uncertainty(), uncertainty);
    }

    /** Keeps the ranks with the highest scores. */
    private static void allocate(Step step, List<Triplet> triplets, int budget) {
        float[][] scores =
                triplets.stream().map(triplet -> scores(step, triplet)).toArray(float[][]::new);
        int all = Arrays.stream(scores).mapToInt(one -> one.length).sum();
        if (budget >= all) {
            return;
        }
        float[] sorted = new float[all];
        int filled = 0;
        for (float[] one : scores) {
            System.arraycopy(one, 0, sorted, filled, one.length);
            filled += one.length;
        }
        Arrays.sort(sorted);
        float threshold = sorted[all - budget - 1];
        for (int i = 0; i < scores.length; i++) {
            float[] masked = new float[scores[i].length];
            for (int k = 0; k < masked.length; k++) {
                masked[k] = scores[i][k] <= threshold ? 1 : 0;
            }
            step.assign(triplets.get(i).masked(), masked);
            mask(step, triplets.get(i));
        }
    }

    private static void mask(Step step, Triplet triplet) {
        float[] masked = step.value(triplet.masked());
        float[] values = step.value(triplet.e().values());
        for (int k = 0; k < masked.length; k++) {
            values[k] = masked[k] == 1 ? 0 : values[k];
        }
        step.assign(triplet.e().values(), values);
    }

    /** A rank's score: that of its element of E, plus the means of those of its row of A and its column of B. */
    private static float[] scores(Step step, Triplet triplet) {
        int rank = triplet.rank();
        float[] a = products(step, triplet.a());
        float[] b = products(step, triplet.b());
        float[] scores = products(step, triplet.e());
        int in = a.length / rank;
        int out = b.length / rank;
        for (int k = 0; k < rank; k++) {
            double row = 0;
            for (int j = 0; j < in; j++) {
                row += a[k * in + j];
            }
            double column = 0;
            for (int j = 0; j < out; j++) {
                column += b[j * rank + k];
            }
            scores[k] += (float) (row / in) + (float) (column / out);
        }
        return scores;
    }

    private static float[] products(Step step, Tracked tracked) {
        float[] importance = step.value(tracked.importance());
        float[] uncertainty = step.value(tracked.uncertainty());
        for (int i = 0; i < importance.length; i++) {
            importance[i] *= uncertainty[i];
        }
        return importance;
    }
}
