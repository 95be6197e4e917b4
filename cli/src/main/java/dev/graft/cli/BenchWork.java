package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.TrainingBench.Work;
import dev.graft.training.TrainingSettings;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.ModelConfig;
import java.util.Map;
import picocli.CommandLine.Option;

/** What is done in a timed step. */
final class BenchWork {
    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "8", description = "Rows (${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens a row (${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "8", description = "Timed steps (${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            description = "Rows that are computed at once on one thread (a quarter of --batch-size, from 1 to 8).")
    private Integer microBatch;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of all random numbers.")
    private long seed;

    /** Checked against the model that does it. */
    Work work(ModelConfig config) {
        atLeastOne("batch-size", batchSize);
        atLeastOne("length", length);
        atLeastOne("steps", steps);
        atLeastOne("micro-batch", microBatch());
        if (length > config.maxPositions()) {
            throw new SettingsException(
                    "--length is " + length + "; this shape has " + config.maxPositions() + " positions");
        }
        return new Work(batchSize, length, microBatch(), steps, seed);
    }

    private int microBatch() {
        return microBatch == null ? TrainingSettings.microBatch(batchSize) : microBatch;
    }

    /** Rows that an adapter puts in front of a text take positions. */
    void checkFits(ModelConfig config, Adapter adapter) {
        int most = config.maxPositions() - adapter.positions();
        if (length > most) {
            throw new SettingsException("--length is " + length + "; this shape has " + config.maxPositions()
                    + " positions, of which " + adapter.positions()
                    + " are taken by the adapter's rows in front of the text; allowed: at most " + most);
        }
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
    }
}
