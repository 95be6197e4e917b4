package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.TrainingSettings;
import dev.graft.training.optimizer.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/** How it is trained. */
final class TrainOptions {
    private static final int EPOCHS = 3;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the rows (default: " + EPOCHS + ").")
    private Integer epochs;

    @Option(names = "--max-steps", paramLabel = "N", description = "Steps of the run, instead of --epochs.")
    private Integer maxSteps;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Rows a step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            description = "Rows that are computed at once on one thread; part of what determines the adapter (default: "
                    + "a quarter of --batch-size, from 1 to 8).")
    private Integer microBatch;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description =
                    "Highest learning rate (default: the method's own, see graft methods; lora 1e-2, head 1e-2, full "
                            + "5e-4).")
    private Double learningRate;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            defaultValue = "0.01",
            description = "AdamW's (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(
            names = "--schedule",
            paramLabel = "constant|linear|cosine",
            defaultValue = "linear",
            description = "How the learning rate falls (default: ${DEFAULT-VALUE}).")
    private Schedule schedule;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            defaultValue = "0",
            description = "Steps in which the learning rate rises from 0 (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--max-grad-norm",
            paramLabel = "X",
            defaultValue = "0",
            description = "Cut the gradient to this global norm; 0 is off (default: ${DEFAULT-VALUE}).")
    private double maxGradNorm;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of first values, order and dropout (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Most tokens of a row; longer ones are cut, and counted (default: 128, or what the base reads "
                            + "beside the adapter if that is less).")
    private Integer maxLength;

    @Option(names = "--no-shuffle", description = "Take the rows in the order of the file, not batched by length.")
    private boolean inFileOrder;

    @Option(
            names = "--evaluate-every",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "Evaluate on the validation rows so often; 0 is once an epoch (default: ${DEFAULT-VALUE}).")
    private int evaluateEvery;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "Keep what --resume needs so often; 0 is once an epoch (default: ${DEFAULT-VALUE}).")
    private int checkpointEvery;

    @Option(
            names = "--patience",
            paramLabel = "N",
            defaultValue = "0",
            description = "Stop after so many evaluations without a better accuracy; 0 is never (default: "
                    + "${DEFAULT-VALUE}).")
    private int patience;

    /**
     * All of it.
     *
     * @param method for messages
     * @param otherwise the method's own learning rate
     * @param most tokens that the base reads beside what the method puts in front of them
     */
    TrainingSettings settings(String method, OptionalDouble otherwise, int most) {
        if (epochs != null && maxSteps != null) {
            throw new SettingsException("--epochs " + epochs + " and --max-steps " + maxSteps + " were both given; the "
                    + "length of a run is one of them");
        }
        if (maxSteps != null && maxSteps < 1) {
            throw new SettingsException("--max-steps is " + maxSteps + "; allowed: 1 or more");
        }
        if (learningRate == null && otherwise.isEmpty()) {
            throw new SettingsException(
                    "method '" + method + "' has no learning rate of its own; give --learning-rate, such as 1e-3");
        }
        return new TrainingSettings(
                epochs == null ? EPOCHS : epochs,
                maxSteps == null ? 0 : maxSteps,
                batchSize,
                microBatch == null ? TrainingSettings.microBatch(batchSize) : microBatch,
                learningRate == null ? otherwise.getAsDouble() : learningRate,
                weightDecay,
                schedule,
                warmup,
                maxGradNorm,
                seed,
                maxLength == null ? EncodedRows.defaultLength(most) : maxLength,
                !inFileOrder,
                evaluateEvery,
                checkpointEvery,
                patience);
    }

    /** The same as an object for a job; without the learning rate and the length that follow from method and base. */
    Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>(
                settings("", OptionalDouble.of(1), Integer.MAX_VALUE).toMap());
        if (learningRate == null) {
            given.remove("learning_rate");
        }
        if (maxLength == null) {
            given.remove("max_length");
        }
        return given;
    }

    /** Of first values, order and dropout. */
    long seed() {
        return seed;
    }
}
