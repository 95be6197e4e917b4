package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Saves and loads adapters of a bench, and damages them. */
final class AdapterFiling {
    static final String TENSORS = "adapter_model.safetensors";
    private static final String NOTES = "graft.json";

    private AdapterFiling() {}

    static GraftNotes notes(Bench bench, String dataHash, Map<String, Object> training) throws IOException {
        return new GraftNotes(
                "testkit",
                bench.base.fingerprint(),
                bench.base.tokenizer().hash(),
                1L,
                dataHash,
                bench.base.labels(),
                TinyBase.LONGEST,
                Map.of(),
                training);
    }

    static Path save(Bench bench, Adapter adapter) throws IOException {
        Path folder = bench.file("adapter");
        AdapterFolder.save(folder, bench.base, adapter, notes(bench, "none", Map.of()), false);
        return folder;
    }

    /** As a folder that another library made: without the checksum, so that the tensors themselves are looked at. */
    static Path saveWithoutNotes(Bench bench, Adapter adapter) throws IOException {
        Path folder = save(bench, adapter);
        Files.delete(folder.resolve(NOTES));
        return folder;
    }

    static Adapter load(Bench bench, Path folder) throws IOException {
        return AdapterFolder.load(bench.base, bench.methods, folder).adapter();
    }

    /** Sets the last element of a tensor, or leaves the tensor out for null; one that is not there is added. */
    static void rewrite(Path folder, String tensor, Float value) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(TENSORS))) {
            for (String name : file.names()) {
                float[] values = file.floats(name);
                if (!name.equals(tensor)) {
                    writer.add(name, file.entry(name).shape(), values);
                } else if (value != null) {
                    values[values.length - 1] = value;
                    writer.add(name, file.entry(name).shape(), values);
                }
            }
            if (!file.names().contains(tensor)) {
                writer.add(tensor, new long[] {1}, new float[] {value});
            }
        }
        writer.write(folder.resolve(TENSORS));
        Path notes = folder.resolve(NOTES);
        if (Files.exists(notes)) { // with the new checksum, so that the tensors themselves are looked at
            Map<String, Object> json = new LinkedHashMap<>(Json.read(notes));
            json.put("tensors_hash", Hashes.sha256(folder.resolve(TENSORS)));
            Files.writeString(notes, Json.pretty(json));
        }
    }

    /** Loading fails with a message about the folder, which is returned. */
    static String assertRefused(Bench bench, Path folder) {
        return assertThrows(FileFormatException.class, () -> load(bench, folder).close())
                .getMessage();
    }

    /** All files below two folders have the same names and bytes. */
    static void assertSameFiles(Path expected, Path actual) throws IOException {
        assertEquals(names(expected), names(actual));
        for (String name : names(expected)) {
            assertEquals(
                    -1,
                    Files.mismatch(expected.resolve(name), actual.resolve(name)),
                    name + " in " + actual + " differs from the one in " + expected);
        }
    }

    /** Paths of all files below a folder, hidden ones too. */
    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Copies a folder with all below it. */
    static Path copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
