package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What one run is told: where it starts, its rows, how it is trained, and its folder. */
final class RunOptions {
    @Mixin
    private DataOptions data;

    @Mixin
    private StartOptions start;

    @Mixin
    private TrainOptions train;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "The run's folder; it must not exist yet or be empty.")
    private Path output;

    @Option(
            names = "--resume",
            description = "Go on with the run in --output, which was cut off, from its last checkpoint.")
    private boolean resume;

    /** Which rows. */
    DataOptions data() {
        return data;
    }

    /** What it starts from. */
    StartOptions start() {
        return start;
    }

    /** How it is trained. */
    TrainOptions train() {
        return train;
    }

    /** The run's folder. */
    Path output() {
        if (output == null) {
            throw new SettingsException("--output is missing; give a folder for the run, which does not exist yet");
        }
        return output;
    }

    /** True to go on with a run that was cut off. */
    boolean resume() {
        return resume;
    }
}
