package dev.graft.transformer.model;

import dev.graft.autograd.CounterRandom;
import java.util.Arrays;
import java.util.List;

/**
 * Sums of what several adapters changed in a tensor ("task vectors", Ilharco et al. 2023, arXiv 2212.04089), after pruning
 * and election of signs. As in Hugging Face PEFT, the election does not look at the weights.
 */
final class TaskArithmetic {
    private final Combination how;

    TaskArithmetic(Combination how) {
        this.how = how;
    }

    /**
     * The combination of one tensor.
     *
     * @param name of the tensor, for random numbers of its own
     * @param changes of each adapter, all of one length
     * @param weights of each adapter
     */
    float[] combine(String name, List<float[]> changes, double[] weights) {
        float[][] kept = new float[changes.size()][];
        for (int i = 0; i < kept.length; i++) {
            CounterRandom random =
                    new CounterRandom(how.seed()).with("combine").with(name).with(i);
            kept[i] = switch (how.kind().pruning()) {
                case NONE -> changes.get(i);
                case MAGNITUDE -> largest(changes.get(i), how.density());
                case RANDOM -> drawn(changes.get(i), how.density(), random);
            };
        }
        return how.kind().elects() ? elected(kept, weights) : sum(kept, weights);
    }

    private static float[] sum(float[][] parts, double[] weights) {
        float[] sum = new float[parts[0].length];
        for (int i = 0; i < parts.length; i++) {
            float weight = (float) weights[i];
            for (int j = 0; j < sum.length; j++) {
                sum[j] += weight * parts[i][j];
            }
        }
        return sum;
    }

    /** The share of the values with the largest magnitudes; of equal ones the first. */
    private static float[] largest(float[] values, double density) {
        if (density >= 1) {
            return values;
        }
        int count = (int) (density * values.length);
        float[] kept = new float[values.length];
        if (count == 0) {
            return kept;
        }
        float[] magnitudes = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            magnitudes[i] = Math.abs(values[i]);
        }
        Arrays.sort(magnitudes);
        float threshold = magnitudes[values.length - count];
        int above = 0; // how many are larger than the threshold
        for (int i = values.length - count; i < values.length; i++) {
            above += magnitudes[i] > threshold ? 1 : 0;
        }
        int equal = count - above;
        for (int i = 0; i < values.length; i++) {
            float magnitude = Math.abs(values[i]);
            if (magnitude > threshold || magnitude == threshold && equal-- > 0) {
                kept[i] = values[i];
            }
        }
        return kept;
    }

    /** Each value is kept with the probability of the density, and grows by its inverse. */
    private static float[] drawn(float[] values, double density, CounterRandom random) {
        if (density >= 1) {
            return values;
        }
        float[] kept = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            kept[i] = random.uniform(i) < density ? (float) (values[i] / density) : 0;
        }
        return kept;
    }

    /** The mean of those weighted values whose sign is the one that wins; zero is no sign. */
    private float[] elected(float[][] parts, double[] weights) {
        boolean frequency = how.majority() == Combination.Majority.FREQUENCY;
        float[] mean = new float[parts[0].length];
        for (int j = 0; j < mean.length; j++) {
            float vote = 0;
            for (float[] part : parts) {
                vote += frequency ? Math.signum(part[j]) : part[j];
            }
            float winner = vote >= 0 ? 1 : -1;
            float sum = 0;
            int count = 0;
            for (int i = 0; i < parts.length; i++) {
                if (Math.signum(parts[i][j]) == winner) {
                    sum += (float) weights[i] * parts[i][j];
                    count++;
                }
            }
            mean[j] = sum / Math.max(count, 1);
        }
        return mean;
    }
}
