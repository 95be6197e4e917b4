package dev.graft.training.experiment;

import dev.graft.autograd.CounterRandom;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Split;
import dev.graft.training.plan.DataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a part of an experiment's data.
 *
 * @param data all of them
 * @param source what {@code graft train --data} takes to get the same
 */
record DataRows(DataSet data, String source) {
    /**
     * Reads data. Where it is not all of its source, the chosen rows are kept as a folder of their own, so that each run
     * on them can be repeated by its own command.
     *
     * @param folder for such folders
     */
    static DataRows read(DataPart part, Path folder) throws IOException {
        DataSet all = DataSource.read(part.source(), part.lossOn());
        if (part.whole()) {
            return new DataRows(all, part.source());
        }
        String identity =
                all.hash() + " " + part.train() + " " + part.validation() + " " + part.test() + " " + part.seed();
        String hash = Hashes.sha256(identity.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
        Path chosen = folder.resolve(RunNames.plain(part.name()) + "." + hash);
        if (!Files.isDirectory(chosen)) {
            Files.createDirectories(folder);
            AtomicFiles.folder(chosen, inside -> write(part, all, inside));
        }
        return new DataRows(DataSource.read(chosen.toString(), part.lossOn()), chosen.toString());
    }

    private static void write(DataPart part, DataSet all, Path folder) throws IOException {
        if (all instanceof ClassificationData rows) {
            new ClassificationData(
                            rows.labels(),
                            some(part, Split.TRAIN, rows.rows(Split.TRAIN)),
                            some(part, Split.VALIDATION, rows.rows(Split.VALIDATION)),
                            some(part, Split.TEST, rows.rows(Split.TEST)))
                    .write(folder);
            return;
        }
        Path source = Path.of(part.source());
        for (Split split : Split.values()) {
            Files.write(
                    folder.resolve(split.file()), some(part, split, Files.readAllLines(source.resolve(split.file()))));
        }
        Path labels = source.resolve("labels.json");
        if (Files.exists(labels)) {
            Files.copy(labels, folder.resolve("labels.json"));
        }
    }

    /** The first rows of a seeded order, as they stand in the file. */
    private static <T> List<T> some(DataPart part, Split split, List<T> rows) {
        int wanted = part.rows(split);
        if (wanted > rows.size() && !part.replaced()) {
            throw new SettingsException("the experiment wants " + wanted + " rows of " + split.file() + " in "
                    + part.source() + ", which has " + rows.size() + "; allowed: at most as many");
        }
        if (wanted == 0 || wanted >= rows.size()) {
            return rows;
        }
        int[] order = new CounterRandom(part.seed()).with(split.file()).permutation(rows.size());
        int[] first = Arrays.copyOf(order, wanted);
        Arrays.sort(first);
        return Arrays.stream(first).mapToObj(rows::get).toList();
    }
}
