package dev.graft.transformer.model.mutation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged files for each reader: a few in every build, {@code graft.fuzz.count} of them with the profile fuzz. */
class FuzzTest {
    private static final int COUNT = Integer.getInteger("graft.fuzz.count", 100_000);
    private static final long SEED = Long.getLong("graft.fuzz.seed", 1);

    @TempDir
    static Path cache;

    private static String before;

    @BeforeAll
    static void ownCache() {
        before = System.setProperty("graft.cache", cache.toString());
    }

    @AfterAll
    static void formerCache() {
        if (before == null) {
            System.clearProperty("graft.cache");
        } else {
            System.setProperty("graft.cache", before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void someFilesAreReadOrRefused(FuzzedReader reader) throws IOException {
        fuzz(reader, 120, 1);
    }

    private static List<FuzzedReader> chosen() {
        String names = System.getProperty("graft.fuzz.readers", "");
        return names.isEmpty()
                ? List.of(FuzzedReader.values())
                : Arrays.stream(names.split(",")).map(FuzzedReader::valueOf).toList();
    }

    @ParameterizedTest
    @MethodSource("chosen")
    @Tag("fuzz")
    void manyFilesAreReadOrRefused(FuzzedReader reader) throws IOException {
        fuzz(reader, COUNT, SEED);
    }

    private static void fuzz(FuzzedReader reader, int count, long seed) throws IOException {
        try (Fuzzer fuzzer = new Fuzzer(reader)) {
            int refused = fuzzer.run(count, seed);
            assertTrue(refused > count / 20 && refused < count, refused + " of " + count + " were refused");
        }
    }
}
