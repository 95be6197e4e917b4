package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.TrainingBench.Work;
import dev.graft.training.TrainingSettings;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.ModelConfig;
import java.util.Map;
import picocli.CommandLine.Option;

/** What is done in a timed step. */
final class BenchWork {
    private static final int LONGEST_WARM_UP = 3600;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "8", description = "Rows (${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--length", paramLabel = "N", description = "Tokens a row (128, or as many as the shape reads).")
    private Integer length;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "8", description = "Timed steps (${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "6",
            description = "Passes that are not timed come first for so long, while Java compiles what they run; "
                    + "training has two steps instead (${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            description = "Rows that are computed at once on one thread (a quarter of --batch-size, from 1 to 8).")
    private Integer microBatch;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of all random numbers.")
    private long seed;

    /** Checks what can be checked before there is a model. */
    void check(ModelConfig config) {
        atLeastOne("batch-size", batchSize);
        atLeastOne("steps", steps);
        atLeastOne("micro-batch", microBatch());
        if (!(warmUp >= 0 && warmUp <= LONGEST_WARM_UP)) {
            throw new SettingsException("--warm-up is " + warmUp + "; allowed: seconds from 0 to " + LONGEST_WARM_UP);
        }
        if (length != null) {
            atLeastOne("length", length);
        }
        if (length != null && length > config.maxPositions()) {
            throw new SettingsException(
                    "--length is " + length + "; this shape has " + config.maxPositions() + " positions");
        }
    }

    /** What a model does with an adapter, whose rows in front of a text take positions. */
    Work work(ModelConfig config, Adapter adapter) {
        int most = config.maxPositions() - adapter.positions();
        if (length == null) {
            length = EncodedRows.defaultLength(most);
        }
        if (length > most) {
            throw new SettingsException("--length is " + length + "; this shape has " + config.maxPositions()
                    + " positions, of which " + adapter.positions()
                    + " are taken by the adapter's rows in front of the text; allowed: at most " + most);
        }
        return new Work(batchSize, length, microBatch(), steps, seed);
    }

    private int microBatch() {
        return microBatch == null ? TrainingSettings.microBatch(batchSize) : microBatch;
    }

    /** Nanoseconds of passes before those that are timed. */
    long warmUp() {
        return Math.round(warmUp * 1e9);
    }

    /** Of all random numbers. */
    long seed() {
        return seed;
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new SettingsException("--" + option + " is " + value + "; allowed: 1 or more");
        }
    }

    /** Adds what was done to the result. */
    void addTo(Map<String, Object> result) {
        result.put("batch_size", batchSize);
        result.put("length", length);
        result.put("micro_batch", microBatch());
        result.put("warm_up", warmUp);
    }
}
