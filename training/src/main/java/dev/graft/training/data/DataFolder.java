package dev.graft.training.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.training.files.CompleteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Reads and writes classification data as a folder. */
final class DataFolder {
    private static final String NEEDED = "; a folder with train.jsonl, validation.jsonl and test.jsonl is needed";

    /** By code point, as Python sorts. */
    static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

    private DataFolder() {}

    static ClassificationData read(Path folder) throws DataException {
        checkFiles(folder);
        Path train = folder.resolve(Split.TRAIN.file());
        Path fixed = folder.resolve(LabelsFile.NAME);
        Path origin = Files.exists(fixed) ? fixed : train;
        List<String> labels;
        List<Example> rows;
        if (origin.equals(fixed)) {
            labels = LabelsFile.read(fixed);
            rows = Examples.readLabelled(train, labels, LabelsFile.NAME);
        } else {
            rows = Examples.readLabelled(train);
            labels = rows.stream()
                    .map(Example::label)
                    .distinct()
                    .sorted(BY_CODE_POINT)
                    .toList();
        }
        if (labels.size() < 2) {
            throw new DataException(origin + " has the one label '" + labels.get(0) + "'; at least two are needed");
        }
        String name = origin.getFileName().toString();
        return new ClassificationData(
                labels,
                rows,
                Examples.readLabelled(folder.resolve(Split.VALIDATION.file()), labels, name),
                Examples.readLabelled(folder.resolve(Split.TEST.file()), labels, name));
    }

    /** Refuses a folder that lacks a part. */
    static void checkFiles(Path folder) throws DataException {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + (Files.exists(folder) ? " is not a folder" : " does not exist") + NEEDED);
        }
        for (Split split : Split.values()) {
            if (!Files.exists(folder.resolve(split.file()))) {
                throw new DataException(
                        folder + " has no " + split.file() + NEEDED + ": set some rows aside for " + split.file());
            }
        }
    }

    static void write(ClassificationData data, Path folder) throws DataException {
        try {
            Files.createDirectories(folder);
            for (Split split : Split.values()) {
                StringBuilder lines = new StringBuilder();
                for (Example row : data.rows(split)) {
                    lines.append(line(row)).append('\n');
                }
                CompleteFile.write(folder.resolve(split.file()), lines.toString());
            }
            String labels = JsonLines.MAPPER.writeValueAsString(data.labels());
            CompleteFile.write(folder.resolve(LabelsFile.NAME), labels + "\n");
        } catch (IOException e) {
            throw new DataException(folder + " cannot be written: " + Shown.reason(e), e);
        }
    }

    private static String line(Example row) throws JsonProcessingException {
        ObjectNode node = JsonLines.MAPPER.createObjectNode().put("text", row.text());
        if (row.textPair() != null) {
            node.put("text_pair", row.textPair());
        }
        return JsonLines.MAPPER.writeValueAsString(node.put("label", row.label()));
    }
}
