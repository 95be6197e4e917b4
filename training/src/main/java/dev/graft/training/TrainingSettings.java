package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.optimizer.Schedule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How an adapter is trained. Together with base, data and the method's settings it determines the adapter, bit for bit.
 *
 * @param epochs passes over the training rows, if maxSteps is 0
 * @param maxSteps steps of the run, or 0 to count in epochs
 * @param batchSize rows a step
 * @param microBatch rows that are computed at once on one thread
 * @param learningRate highest learning rate of the schedule
 * @param weightDecay of AdamW
 * @param schedule constant, linear or cosine
 * @param warmup steps in which the learning rate rises from 0
 * @param maxGradNorm the gradient's global norm is cut to this; 0 is off
 * @param seed of initial values, order and dropout
 * @param maxLength most tokens of a row; longer ones are cut, and counted
 * @param shuffle false to take the rows in the order of the file
 * @param evaluateEvery steps between evaluations on the validation rows; 0 is once an epoch
 * @param checkpointEvery steps between checkpoints; 0 is once an epoch
 * @param patience evaluations without a better one after which the run stops; 0 is never
 */
public record TrainingSettings(
        int epochs,
        int maxSteps,
        int batchSize,
        int microBatch,
        double learningRate,
        double weightDecay,
        Schedule schedule,
        int warmup,
        double maxGradNorm,
        long seed,
        int maxLength,
        boolean shuffle,
        int evaluateEvery,
        int checkpointEvery,
        int patience) {
    /** Checks every value; the message names the option, its value and what is allowed. */
    public TrainingSettings {
        atLeast("epochs", epochs, 1);
        atLeast("max-steps", maxSteps, 0);
        atLeast("batch-size", batchSize, 1);
        atLeast("micro-batch", microBatch, 1);
        positive("learning-rate", learningRate, false);
        positive("weight-decay", weightDecay, true);
        positive("max-grad-norm", maxGradNorm, true);
        atLeast("warmup", warmup, 0);
        atLeast("max-length", maxLength, 3);
        atLeast("evaluate-every", evaluateEvery, 0);
        atLeast("checkpoint-every", checkpointEvery, 0);
        atLeast("patience", patience, 0);
    }

    /**
     * Rows of a micro-batch where none are named: a quarter of the batch, from 1 to 8. So a step keeps four threads busy,
     * and depends on the settings alone.
     */
    public static int microBatch(int batchSize) {
        return Math.max(1, Math.min(8, batchSize / 4));
    }

    private static void atLeast(String option, int value, int least) {
        if (value < least) {
            throw new SettingsException("--" + option + " is " + value + "; allowed: " + least + " or more");
        }
    }

    private static void positive(String option, double value, boolean zero) {
        if (!(value > 0 || zero && value == 0) || Double.isInfinite(value)) {
            throw new SettingsException(
                    "--" + option + " is " + value + "; allowed: a number " + (zero ? "from 0" : "above 0"));
        }
    }

    /** The same with another learning rate and seed. */
    public TrainingSettings with(double newLearningRate, long newSeed) {
        return new TrainingSettings(
                epochs,
                maxSteps,
                batchSize,
                microBatch,
                newLearningRate,
                weightDecay,
                schedule,
                warmup,
                maxGradNorm,
                newSeed,
                maxLength,
                shuffle,
                evaluateEvery,
                checkpointEvery,
                patience);
    }

    /** Steps of a run over so many steps an epoch. */
    int steps(int perEpoch) {
        return maxSteps > 0 ? maxSteps : Math.multiplyExact(epochs, perEpoch);
    }

    /** What a run's record keeps, in a fixed order. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("epochs", epochs);
        map.put("max_steps", maxSteps);
        map.put("batch_size", batchSize);
        map.put("micro_batch", microBatch);
        map.put("learning_rate", learningRate);
        map.put("weight_decay", weightDecay);
        map.put("schedule", schedule.name().toLowerCase(Locale.ROOT));
        map.put("warmup", warmup);
        map.put("max_grad_norm", maxGradNorm);
        map.put("seed", seed);
        map.put("max_length", maxLength);
        map.put("shuffle", shuffle);
        map.put("evaluate_every", evaluateEvery);
        map.put("checkpoint_every", checkpointEvery);
        map.put("patience", patience);
        return Collections.unmodifiableMap(map);
    }
}
