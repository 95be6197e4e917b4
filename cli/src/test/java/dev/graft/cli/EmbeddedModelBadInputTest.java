package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded model's jar is missing, or holds something else. */
class EmbeddedModelBadInputTest {
    private static final String DATA = "graft.data.dir";
    private static final String CACHE = "graft.cache";

    @TempDir
    Path folder;

    private final String data = System.getProperty(DATA);

    @BeforeEach
    void redirect() {
        System.setProperty(DATA, folder.resolve("jars").toString());
        System.setProperty(CACHE, folder.resolve("cache").toString());
    }

    @AfterEach
    void restore() {
        System.setProperty(DATA, data);
        System.clearProperty(CACHE);
    }

    @Test
    void noJar() {
        Graft.run("inspect", "minilm").failed(2, "all-minilm-l6-v2.jar");
    }

    @Test
    void anOnnxFileThatIsNoBert() throws Exception {
        Files.createDirectories(folder.resolve("jars"));
        try (OutputStream file = Files.newOutputStream(folder.resolve("jars/all-minilm-l6-v2.jar"));
                ZipOutputStream jar = new ZipOutputStream(file)) {
            // A model (field 7: graph) whose graph has the one node (field 1) Relu (field 4: op_type) and a name.
            byte[] relu = {0x3a, 0x0d, 0x0a, 0x06, 0x22, 0x04, 'R', 'e', 'l', 'u', 0x12, 0x03, 'n', 'e', 't'};
            entry(jar, "all-minilm-l6-v2.onnx", relu);
            entry(jar, "all-minilm-l6-v2-tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
        }
        Graft run = Graft.run("inspect", "minilm");
        run.failed(2, "onnx", "BERT");
        assertFalse(run.err().contains("unexpected"), run.err());
        // the lock is held while a copy is made, and stays
        assertEquals(List.of("cache/models.lock", "jars/all-minilm-l6-v2.jar"), Workspace.files(folder));
    }

    private static void entry(ZipOutputStream jar, String name, byte[] content) throws Exception {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(content);
        jar.closeEntry();
    }
}
