package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command left behind.
 *
 * @param code its exit code
 * @param out standard output
 * @param err standard error
 */
record Graft(int code, String out, String err) {
    /** The tiny checkpoints that parity/make_bert_fixtures.py made. */
    static Path fixture(String name) {
        return Path.of("..", "transformer-model", "src", "test", "resources", "parity", "bert")
                .resolve(name);
    }

    /** Runs a command in this process. */
    static Graft run(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] words = new String[args.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = String.valueOf(args[i]);
        }
        int code = Main.run(
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false),
                words);
        return new Graft(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** It was done. */
    Graft done() {
        assertEquals(0, code, err);
        return this;
    }

    /** The one line of JSON on standard output. */
    Map<String, Object> json() throws FileFormatException {
        assertEquals(1, out.lines().count(), out);
        return Json.parse(Path.of("stdout"), out);
    }

    /** It ended with this code, no result, and a message on standard error that holds all of these. */
    Graft failed(int expected, Object... parts) {
        assertEquals(expected, code, err);
        assertEquals("", out);
        for (Object part : parts) {
            assertTrue(err.contains(part.toString()), "no '" + part + "' in: " + err);
        }
        assertTrue(!err.contains("\tat "), err);
        return this;
    }
}
