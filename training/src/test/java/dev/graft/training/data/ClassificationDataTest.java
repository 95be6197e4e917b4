package dev.graft.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassificationDataTest {
    @TempDir
    Path folder;

    @BeforeEach
    void goodFolder() throws IOException {
        put(
                "train.jsonl",
                "{\"text\":\"a\",\"label\":\"sea\"}\n{\"text\":\"b\",\"text_pair\":\"c\",\"label\":\"lake\"}\n");
        put("validation.jsonl", "{\"label\":\"sea\",\"text\":\"d\"}");
        put("test.jsonl", "{\"text\":\"\",\"text_pair\":null,\"label\":\"lake\"}\r\n");
    }

    private void put(String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content);
    }

    @Test
    void aFolderIsReadAsWritten() throws IOException {
        ClassificationData data = ClassificationData.read(folder);
        assertEquals(List.of("lake", "sea"), data.labels());
        assertEquals(List.of(new Example("a", "sea"), new Example("b", "c", "lake")), data.rows(Split.TRAIN));
        assertEquals(List.of(new Example("", null, "lake")), data.rows(Split.TEST));
        assertArrayEquals(new int[] {1, 0}, data.classes(Split.TRAIN));
    }

    @Test
    void labelsAreSortedByCodePointUnlessAFileFixesThem() throws IOException {
        put("train.jsonl", "{\"text\":\"a\",\"label\":\"\uD83D\uDE00\"}\n{\"text\":\"a\",\"label\":\"\uFF5E\"}");
        put("validation.jsonl", "{\"text\":\"a\",\"label\":\"\uFF5E\"}");
        put("test.jsonl", "{\"text\":\"a\",\"label\":\"\uFF5E\"}");
        assertEquals(
                List.of("\uFF5E", "\uD83D\uDE00"),
                ClassificationData.read(folder).labels());
        put("labels.json", "[\"\uD83D\uDE00\", \"never used\", \"\uFF5E\"]");
        assertEquals(
                List.of("\uD83D\uDE00", "never used", "\uFF5E"),
                ClassificationData.read(folder).labels());
    }

    @Test
    void writtenDataReadsBackTheSame() throws IOException {
        Example odd = new Example("tab\t, quote \", \u2028, caf\u00E9 \uD83D\uDE00 </script>", "pair", "sea");
        ClassificationData data = new ClassificationData(
                List.of("sea", "lake"), List.of(odd), List.of(new Example("x", "lake")), List.of(odd, odd));
        Path copy = folder.resolve("new/copy");
        data.write(copy);
        ClassificationData back = ClassificationData.read(copy);
        assertEquals(data.labels(), back.labels());
        assertEquals(data.rows(Split.TRAIN), back.rows(Split.TRAIN));
        assertEquals(data.hash(), back.hash());
        try (var files = Files.list(copy)) {
            assertEquals(4, files.count(), "no temporary files are left");
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamedWithTheReason() throws IOException {
        ClassificationData data = ClassificationData.read(folder);
        var error = assertThrows(DataException.class, () -> data.write(folder.resolve("train.jsonl")));
        assertTrue(
                error.getMessage().endsWith("train.jsonl cannot be written: FileAlreadyExistsException"),
                error.getMessage());
    }

    @Test
    void theHashChangesWithWhateverARunCouldNotice() {
        Example a = new Example("a", "x");
        Example b = new Example("b", "x");
        List<Example> ab = List.of(a, b);
        Set<String> hashes = new HashSet<>();
        List<ClassificationData> different = List.of(
                data(List.of("x", "y"), ab, ab),
                data(List.of("y", "x"), ab, ab),
                data(List.of("x", "y"), List.of(b, a), ab),
                data(List.of("x", "y"), List.of(a), List.of(b, a, b)),
                data(List.of("x", "y"), List.of(new Example("a", "", "x"), b), ab),
                data(List.of("x", "y"), List.of(new Example("ab", "x"), b), ab),
                data(List.of("x", "y"), List.of(new Example("ab", "c", "x"), b), ab),
                data(List.of("x", "y"), List.of(new Example("a", "bc", "x"), b), ab));
        different.forEach(data -> hashes.add(data.hash()));
        assertEquals(different.size(), hashes.size());
        assertEquals(different.get(0).hash(), data(List.of("x", "y"), ab, ab).hash());
        assertNotEquals(Examples.hash(ab), Examples.hash(List.of(b, a)));
    }

    private static ClassificationData data(List<String> labels, List<Example> train, List<Example> validation) {
        return new ClassificationData(labels, train, validation, List.of(new Example("t", "x")));
    }

    @Test
    void everyMissingFileIsNamed() throws IOException {
        for (Split split : Split.values()) {
            byte[] content = Files.readAllBytes(folder.resolve(split.file()));
            Files.delete(folder.resolve(split.file()));
            refused("has no " + split.file(), "set some rows aside");
            Files.write(folder.resolve(split.file()), content);
        }
        var error = assertThrows(DataException.class, () -> ClassificationData.read(folder.resolve("none")));
        assertTrue(error.getMessage().contains("none does not exist"), error.getMessage());
        error = assertThrows(DataException.class, () -> ClassificationData.read(folder.resolve("train.jsonl")));
        assertTrue(error.getMessage().contains("is not a folder"), error.getMessage());
    }

    @Test
    void aLabelThatTrainingNeverSawIsRefused() throws IOException {
        put("test.jsonl", "{\"text\":\"t\",\"label\":\"sea\"}\n{\"text\":\"t\",\"label\":\"Sea\"}");
        refused("test.jsonl, line 2: label 'Sea' is unknown; labels of train.jsonl: lake, sea");
        put("labels.json", "[\"lake\",\"Sea\"]");
        refused("train.jsonl, line 1: label 'sea' is unknown; labels of labels.json: lake, Sea");
    }

    @Test
    void oneLabelIsNotAClassification() throws IOException {
        put("train.jsonl", "{\"text\":\"a\",\"label\":\"sea\"}");
        refused("train.jsonl has the one label 'sea'; at least two are needed");
    }

    @Test
    void labelsFileIsReadStrictly() throws IOException {
        put("labels.json", "[\"lake\",\"sea\",\"lake\"]");
        refused("labels.json holds the label 'lake' twice");
        put("labels.json", "[\"lake\", 3]");
        refused("labels.json holds 3; allowed: texts");
        put("labels.json", "{\"lake\": 0}");
        refused("labels.json is {\"lake\":0}; allowed: a list of labels");
        put("labels.json", "[\"lake\",\n\"sea\"");
        refused("labels.json, line 2: not JSON");
        put("labels.json", "");
        refused("labels.json is empty; allowed: a list");
        put("labels.json", "[]");
        refused("labels.json is []; allowed: a list");
    }

    private void refused(String... parts) {
        var error = assertThrows(DataException.class, () -> ClassificationData.read(folder));
        for (String part : parts) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }
}
