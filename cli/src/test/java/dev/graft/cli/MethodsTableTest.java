package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/methods.md is what the methods do today. */
class MethodsTableTest {
    @Test
    void thePageIsWhatProbingFinds() throws IOException {
        assertEquals(
                Files.readString(Path.of("..", "docs", "methods.md")),
                Graft.run("methods", "--table").done().out(),
                "docs/methods.md is out of date; to write it again: bin/graft methods --table > docs/methods.md");
    }

    @Test
    void aTableIsNoJson() {
        Graft.run("methods", "--table", "--json").failed(2, "--table and --json");
    }
}
