package dev.graft.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words with their classes are read strictly. */
class TokenExamplesTest {
    @TempDir
    Path folder;

    private Path data(String train) throws IOException {
        Files.writeString(folder.resolve("train.jsonl"), train + "\n");
        for (String part : List.of("validation.jsonl", "test.jsonl")) {
            Files.writeString(folder.resolve(part), "{\"tokens\": [\"a\", \"b\"], \"labels\": [\"O\", \"X\"]}\n");
        }
        return folder;
    }

    @Test
    void labelsAreThoseOfTheTrainingRowsInOrder() throws IOException {
        DataSet data = DataSet.read(data("{\"tokens\": [\"a\", \"b\", \"c\"], \"labels\": [\"X\", \"O\", \"A\"]}"));
        assertEquals(List.of("A", "O", "X"), data.labels());
        assertEquals(1, data.size(Split.TRAIN));
        TokenData words = (TokenData) data;
        assertEquals(List.of("a", "b", "c"), words.rows(Split.TRAIN).get(0).words());
        TokenData other = words.inOrderOf(List.of("O", "X", "A"));
        assertNotEquals(data.hash(), other.hash());
        assertEquals(data.hash(), other.inOrderOf(data.labels()).hash());
        Files.writeString(folder.resolve("labels.json"), "[\"X\", \"O\", \"A\", \"Z\"]");
        assertEquals(List.of("X", "O", "A", "Z"), DataSet.read(folder).labels());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"tokens\": [\"a\"], \"labels\": []} # key 'labels' is missing",
                "{\"tokens\": [\"a\"]} # key 'labels' is missing",
                "{\"tokens\": [\"a\"], \"labels\": [\"O\", \"X\"]} # there are 1 tokens and 2 labels",
                "{\"tokens\": [], \"labels\": []} # key 'tokens' is missing or empty",
                "{\"tokens\": \"a b\", \"labels\": [\"O\"]} # allowed: a list of texts",
                "{\"tokens\": [\"a\", 7], \"labels\": [\"O\", \"X\"]} # key 'tokens' holds 7",
                "{\"tokens\": [\" \"], \"labels\": [\"O\"]} # allowed: texts that are not blank",
                "{\"tokens\": [\"a\"], \"tags\": [\"O\"]} # unknown key 'tags'",
                "{\"tokens\": [\"a\"], \"labels\": [\"O\"]} # has the one label 'O'"
            })
    void whatIsWrongIsNamed(String line, String reason) throws IOException {
        data(line);
        var error = assertThrows(DataException.class, () -> DataSet.read(folder));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }

    @Test
    void aLabelThatTrainingLacksIsRefused() throws IOException {
        data("{\"tokens\": [\"a\", \"b\"], \"labels\": [\"O\", \"Y\"]}");
        var error = assertThrows(DataException.class, () -> DataSet.read(folder));
        assertTrue(
                error.getMessage().contains("line 1: label 'X' is unknown; labels of train.jsonl: O, Y"),
                error.getMessage());
    }
}
