package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {
    @Test
    void versionNamesTheBuild() {
        String out = Graft.run("--version").done().out();
        assertTrue(out.matches("(?s)graft \\d+\\.\\d+\\.\\d+.*"), out);
    }

    @Test
    void noCommandIsAnError() {
        Graft.run().failed(2, "Missing command", "graft --help");
    }

    @Test
    void unknownOptionIsAnError() {
        Graft.run("--no-such-option").failed(2, "--no-such-option");
    }

    @Test
    void unknownCommandIsAnErrorWithSuggestions() {
        Graft.run("benhc").failed(2, "benhc", "bench");
    }

    static List<String> commands() {
        return List.copyOf(new CommandLine(Main.class, Main.factory(new Console(System.out, System.err, false)))
                .getSubcommands()
                .keySet());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelp(String command) {
        String out = Graft.run(command, "--help").done().out();
        assertTrue(out.contains("graft " + command), out);
    }

    @Test
    void helpListsTheCommandsAndExitCodes() {
        String out = Graft.run("--help").done().out();
        commands().forEach(command -> assertTrue(out.contains("  " + command + " "), command));
        assertTrue(out.contains("Exit codes"), out);
        assertEquals("", Graft.run("--help").err());
    }
}
