package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.GraftNotes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every adapter that Hugging Face PEFT saved is read and written back as PEFT lays it out. */
class PeftAdaptersTest {
    private static final Path PARITY = Path.of("src/test/resources/parity/bert");

    @TempDir
    Path folder;

    static List<Path> adapters() throws IOException {
        try (Stream<Path> all = Files.walk(PARITY)) {
            return all.filter(AdapterFiles::isAdapter).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void theTensorsComeOutByteForByte(Path path) throws IOException {
        AdapterRecord adapter = AdapterFiles.read(path);
        assertEquals("lora", adapter.method());
        assertEquals(GraftNotes.NONE, adapter.notes());
        assertTrue(adapter.settings().containsKey("r"));
        assertEquals(false, adapter.settings().get("use_dora"));
        AdapterFiles.write(folder.resolve("out"), adapter, false);
        if (!path.toString().contains("bias-all")) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            path.resolve("adapter_model.safetensors"),
                            folder.resolve("out/adapter_model.safetensors")));
        }
        AdapterRecord again = AdapterFiles.read(folder.resolve("out"));
        assertEquals(adapter.settings(), again.settings());
        for (String pattern : List.of("rank_pattern", "alpha_pattern")) {
            assertEquals(
                    String.valueOf(adapter.settings().get(pattern)),
                    String.valueOf(again.settings().get(pattern)));
        }
    }

    @Test
    void copiesOfASavedModulesBiasAreLeftOut() throws IOException {
        AdapterRecord adapter = AdapterFiles.read(PARITY.resolve("gelu/adapters/bias-all"));
        assertEquals(
                List.of("base_model.model.classifier.bias", "base_model.model.classifier.weight"),
                adapter.tensors().keySet().stream()
                        .filter(name -> name.contains("classifier"))
                        .toList());
        assertArrayEquals(
                new long[] {3},
                adapter.tensors().get("base_model.model.classifier.bias").shape());
    }
}
