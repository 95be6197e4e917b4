package dev.graft.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordNetDataTest {
    /** Distinct definitions that stand in one category only, counted by a program of another language. */
    private static final int DEFINITIONS = 81188;

    @Test
    void theTaskHas24CategoriesAndTheSizesAskedFor() throws IOException {
        ClassificationData data = WordNetData.full();
        assertEquals(24, data.labels().size());
        assertEquals(List.of("act", "animal", "artifact"), data.labels().subList(0, 3));
        assertFalse(data.labels().contains("Tops") || data.labels().contains("motive"));
        assertEquals(
                List.of(4000, 500, 1000),
                Stream.of(Split.values()).map(part -> data.rows(part).size()).toList());
        assertTrue(data.rows(Split.TRAIN).stream().noneMatch(row -> row.text().contains(";")));
    }

    /** A change of this hash changes every figure that was ever measured on the task. */
    @Test
    void theRowsStayAsTheyAre() throws IOException {
        assertEquals(
                "bc04fc076fe99233ef05dcbd28f9dc6ae4e5f350d74d54560b2726ace2816e04",
                WordNetData.quick().hash());
        assertEquals(
                "f29747437f00949cddc89ebf094b2202854da250c4e0c7c2428083d519dfb06c",
                WordNetData.full().hash());
    }

    @Test
    void noTextOccursTwiceInAllPartsTogether() throws IOException {
        ClassificationData all = WordNetData.split(DEFINITIONS - 2000, 1000, 1000, 7);
        List<String> texts = Stream.of(Split.values())
                .flatMap(part -> all.rows(part).stream())
                .map(Example::text)
                .toList();
        assertEquals(DEFINITIONS, new HashSet<>(texts).size());
        assertFalse(texts.contains("one species"), "stands for an animal and for plants");
        var error = assertThrows(
                IllegalArgumentException.class, () -> WordNetData.split(DEFINITIONS - 1999, 1000, 1000, 7));
        assertTrue(error.getMessage().contains("WordNet gives " + DEFINITIONS), error.getMessage());
    }

    @Test
    void everyPartHasTheSharesOfTheWhole() throws IOException {
        ClassificationData all = WordNetData.split(DEFINITIONS - 2000, 1000, 1000, 0);
        ClassificationData data = WordNetData.full();
        for (String label : data.labels()) {
            double share = Stream.of(Split.values())
                            .mapToLong(part -> count(all, part, label))
                            .sum()
                    / (double) DEFINITIONS;
            for (Split part : Split.values()) {
                double expected = share * data.rows(part).size();
                assertEquals(expected, count(data, part, label), 2, label + " in " + part);
            }
        }
    }

    private static long count(ClassificationData data, Split part, String label) {
        return data.rows(part).stream().filter(row -> row.label().equals(label)).count();
    }

    @Test
    void quickIsAPartOfFullAndSharesItsTest() throws IOException {
        ClassificationData quick = WordNetData.quick();
        ClassificationData full = WordNetData.full();
        assertEquals(full.rows(Split.TEST), quick.rows(Split.TEST));
        assertEquals(full.rows(Split.VALIDATION), quick.rows(Split.VALIDATION));
        assertTrue(new HashSet<>(full.rows(Split.TRAIN)).containsAll(quick.rows(Split.TRAIN)));
    }

    @Test
    void anotherSeedDrawsOtherRows() throws IOException {
        Set<Example> zero = new HashSet<>(WordNetData.split(100, 100, 100, 0).rows(Split.TEST));
        Set<Example> one = new HashSet<>(WordNetData.split(100, 100, 100, 1).rows(Split.TEST));
        assertNotEquals(zero, one);
        zero.retainAll(one);
        assertTrue(zero.size() < 5, zero.size() + " rows in common");
    }

    @Test
    void rowsAreMixed() throws IOException {
        List<String> first = WordNetData.full().rows(Split.TRAIN).stream()
                .limit(100)
                .map(Example::label)
                .toList();
        List<String> common = first.stream().distinct().collect(Collectors.toList());
        assertTrue(common.size() > 10);
        assertTrue(Collections.frequency(first, "artifact") < 30);
    }

    @Test
    void theLicenceGoesWithTheData(@TempDir Path folder) throws IOException {
        ClassificationData data = WordNetData.split(48, 24, 24, 0);
        WordNetData.write(data, folder);
        assertEquals(data.hash(), ClassificationData.read(folder).hash());
        String licence = Files.readString(folder.resolve("LICENSE.txt"));
        assertTrue(
                licence.startsWith("This software and database is being provided to you, the LICENSEE, by\n"), licence);
        assertTrue(licence.endsWith("LICENSEE agrees to preserve same.\n"), licence);
    }

    @Test
    void aMissingJarIsNamed(@TempDir Path folder) {
        String before = System.getProperty(WordNetData.DIRECTORY);
        try {
            System.setProperty(WordNetData.DIRECTORY, folder.toString());
            var error = assertThrows(DataException.class, WordNetData::quick);
            assertTrue(error.getMessage().contains("wordnet-3.1.jar does not exist"), error.getMessage());
            System.clearProperty(WordNetData.DIRECTORY);
            error = assertThrows(DataException.class, WordNetData::quick);
            assertTrue(error.getMessage().contains("graft.data.dir is not set"), error.getMessage());
        } finally {
            System.setProperty(WordNetData.DIRECTORY, before);
        }
    }
}
