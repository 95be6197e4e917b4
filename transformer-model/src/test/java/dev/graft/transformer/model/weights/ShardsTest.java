package dev.graft.transformer.model.weights;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardsTest {
    @TempDir
    Path folder;

    private Path base;

    @BeforeEach
    void twoShards() throws IOException {
        base = Files.createDirectory(folder.resolve("base"));
        new SafetensorsWriter().add("a", new long[] {1}, new float[] {1}).write(base.resolve("one.safetensors"));
        new SafetensorsWriter().add("b", new long[] {1}, new float[] {1}).write(base.resolve("two.safetensors"));
        new SafetensorsWriter().add("b", new long[] {1}, new float[] {1}).write(folder.resolve("out.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../out.safetensors",
                "..",
                "",
                "/etc/passwd",
                "sub/../../out.safetensors",
                "two.safetensors/",
                "..\\\\out.safetensors",
                ".safetensors"
            })
    void aPathOutOfTheFolderIsRefused(String path) throws IOException {
        refused("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"" + path + "\"}}", "in the same folder");
    }

    @Test
    void whatTheIndexListsMustBeThere() throws IOException {
        refused("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"three.safetensors\"}}", "three.safetensors, which");
        refused("{\"weight_map\":{\"a\":\"one.safetensors\",\"c\":\"two.safetensors\"}}", "missing: c; not listed: b");
        refused("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"one.safetensors\"}}", "missing: b");
        refused("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":7}}", "is in '7'");
        refused("{\"weight_map\":{}}", "weight_map");
        refused("{\"weight_map\":[]}", "weight_map");
        refused("{\"weight_map\":{\"a\":\"one.safetensors\",\"a\":\"two.safetensors\"}}", "Duplicate");
        refused("[]", "no JSON object");
    }

    @Test
    void aGoodIndexOpens() throws IOException {
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");
        try (Checkpoint opened = Checkpoint.open(base)) {
            assertTrue(opened.has("a") && opened.has("b"));
        }
    }

    private void index(String json) throws IOException {
        Files.writeString(base.resolve("model.safetensors.index.json"), json);
    }

    private void refused(String json, String reason) throws IOException {
        index(json);
        var error = assertThrows(FileFormatException.class, () -> Checkpoint.open(base));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }
}
