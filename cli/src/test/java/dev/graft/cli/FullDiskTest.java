package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where the system takes no more bytes, the command says so and leaves nothing half-written. */
@DisabledOnOs(OS.WINDOWS)
class FullDiskTest {
    @TempDir
    Path folder;

    /** Files of at most 8 KiB: a write beyond it fails like one on a full disk. */
    private String starved(Object... words) throws Exception {
        Path log = Files.createTempFile("graft", ".log");
        try {
            Process process = Subprocess.start(log, "trap '' XFSZ; ulimit -f 16", words);
            assertEquals(1, process.waitFor(), Files.readString(log));
            return Files.readString(log);
        } finally {
            Files.delete(log);
        }
    }

    @Test
    void aMergedModelThatDoesNotFit() throws Exception {
        String log = starved(
                "merge",
                "--base",
                Workspace.BASE,
                "--adapter",
                Workspace.ADAPTER,
                "--output",
                folder.resolve("merged"));
        assertTrue(log.contains("graft: ") && log.contains("not complete was not kept"), log);
        assertFalse(log.contains("\tat "), log);
        assertEquals(List.of(), Workspace.files(folder));
    }

    @Test
    void predictionsThatDoNotFit() throws Exception {
        Workspace space = new Workspace(folder);
        Path input = space.file("in.jsonl", "{\"text\": \"the boat is on the lake\"}\n".repeat(200));
        Path output = space.file("out.jsonl", "of before");
        String log = starved("predict", "--base", Workspace.BASE, "--input", input, "--output", output);
        assertTrue(log.contains("not complete was not kept"), log);
        assertEquals(List.of("in.jsonl", "out.jsonl"), space.files());
        assertEquals("of before", Files.readString(output));
    }

    @Test
    void aRunThatDoesNotFitKeepsWhatItHad() throws Exception {
        Workspace space = new Workspace(folder);
        Path output = folder.resolve("run");
        String log = starved(
                "train",
                "--base",
                Workspace.BASE,
                "--data",
                space.data(),
                "--max-length",
                40,
                "--method",
                "lora",
                "--max-steps",
                3,
                "--evaluate-every",
                3,
                "--output",
                output);
        assertTrue(log.contains("not complete was not kept"), log);
        assertEquals(List.of("metrics.jsonl", "run.json"), Workspace.files(output));
    }
}
