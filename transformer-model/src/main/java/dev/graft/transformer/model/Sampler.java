package dev.graft.transformer.model;

import dev.graft.autograd.CounterRandom;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Chooses a token by its logits: the most probable one, or one drawn from a seed. */
final class Sampler {
    private final Generator.Options options;
    private final CounterRandom random;

    Sampler(Generator.Options options) {
        this.options = options;
        this.random = new CounterRandom(options.seed()).with("sample");
    }

    int choose(float[] logits, int text, int step) {
        if (options.temperature() == 0) {
            return LogSoftmax.largest(logits);
        }
        double most = logits[LogSoftmax.largest(logits)];
        double[] weights = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp((logits[i] - most) / options.temperature());
            sum += weights[i];
        }
        double uniform = random.with(text).uniform(step);
        return options.topP() == 1 ? drawn(weights, null, uniform * sum) : nucleus(weights, sum, uniform);
    }

    /** Among the most probable tokens that reach the share (Holtzman et al. 2020). */
    private int nucleus(double[] weights, double sum, double uniform) {
        int[] order = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -weights[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        int kept = 0;
        double reached = 0;
        while (kept < order.length && reached < options.topP() * sum) {
            reached += weights[order[kept++]];
        }
        return drawn(weights, java.util.Arrays.copyOf(order, kept), uniform * reached);
    }

    private static int drawn(double[] weights, int[] order, double at) {
        int count = order == null ? weights.length : order.length;
        double passed = 0;
        int last = 0;
        for (int i = 0; i < count; i++) {
            int token = order == null ? i : order[i];
            if (weights[token] > 0) {
                last = token;
                passed += weights[token];
                if (passed > at) {
                    return token;
                }
            }
        }
        return last;
    }
}
