package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataException;
import dev.graft.training.data.WordNetData;
import dev.graft.training.experiment.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** What is compared, and how thoroughly. */
final class CompareOptions {
    /** A method of each kind beside the baselines: the slowest is last. */
    private static final String METHODS =
            "head,lora,dora,ia3,bitfit,houlsby,pfeiffer,parallel,prefix,prompt,p-tuning-v2,full";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "A folder with train.jsonl, validation.jsonl and test.jsonl (default: the embedded task).")
    private Path data;

    @Option(
            names = "--methods",
            paramLabel = "ID",
            split = ",",
            description = "Methods and baselines (default: " + METHODS + ", and what --plugins brings).")
    private List<String> methods;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Runs of each method, with seeds from 0 on (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--quick", description = "1000 training rows of the embedded task; the default.")
    private boolean quick;

    @Option(names = "--full", description = "4000 training rows of the embedded task.")
    private boolean full;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "3",
            description = "Passes over the training rows (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description =
                    "Most tokens of a row; longer ones are cut, and counted (default: 128, or as many as the base "
                            + "reads with each of the methods).")
    private Integer maxLength;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            defaultValue = "graft-report",
            description = "Where report.html and results.json go (default: ${DEFAULT-VALUE}).")
    private Path report;

    @Option(
            names = "--format",
            paramLabel = "text|markdown|latex|csv",
            defaultValue = "text",
            description = "How the result is printed (default: ${DEFAULT-VALUE}).")
    private Format format;

    ClassificationData data() throws DataException {
        if (quick && full) {
            throw new SettingsException("--quick and --full were both given; allowed: one of them");
        }
        if (data != null && (quick || full)) {
            throw new SettingsException(
                    "--quick and --full choose rows of the embedded task; with --data give neither");
        }
        if (data != null) {
            return ClassificationData.read(data);
        }
        return full ? WordNetData.full() : WordNetData.quick();
    }

    /** The folder of the data, or null for the embedded task. */
    Path dataFolder() {
        return data;
    }

    /**
     * The methods, in the order to be trained.
     *
     * @param added what plugins bring, for the default
     */
    List<String> methods(List<String> added) {
        if (methods == null) {
            return Stream.concat(Stream.of(METHODS.split(",")), added.stream()).toList();
        }
        methods.stream()
                .filter(one -> Collections.frequency(methods, one) > 1)
                .findFirst()
                .ifPresent(one -> {
                    throw new SettingsException("--methods has '" + one + "' twice; allowed: each method once");
                });
        return methods;
    }

    int seeds() {
        if (seeds < 1) {
            throw new SettingsException("--seeds is " + seeds + "; allowed: 1 or more");
        }
        return seeds;
    }

    int epochs() {
        return epochs;
    }

    /** Most tokens of a row, or null for the default. */
    Integer maxLength() {
        return maxLength;
    }

    /** Where the report goes; a file of that name is an error before anything is trained. */
    Path report() {
        if (Files.exists(report) && !Files.isDirectory(report)) {
            throw new SettingsException("--report is " + report + ", which is a file; allowed: a folder");
        }
        return report;
    }

    /** Where an experiment's report goes: a folder of its name in the default place, or the one that was given. */
    Path report(String experiment, ParseResult given) {
        Path folder = report();
        return given.hasMatchedOption("--report") ? folder : folder.resolve(experiment);
    }

    /** How the result is printed. */
    Format format() {
        return format;
    }

    /** True for a first look. */
    boolean quick() {
        return quick;
    }

    static void write(Path file, String text) throws IOException {
        AtomicFiles.write(file, text);
    }
}
