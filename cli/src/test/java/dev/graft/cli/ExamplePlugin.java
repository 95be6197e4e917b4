package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Builds {@code examples/third-party-plugin} as a module, on the modules that the tests were started with. */
final class ExamplePlugin {
    /** The example's folder. */
    static final Path FOLDER = Path.of("..", "examples", "third-party-plugin");

    private ExamplePlugin() {}

    /** Puts its jar into a folder. */
    static Path jar(Path folder) throws IOException {
        Path classes = folder.resolveSibling("example-classes");
        List<String> words =
                new ArrayList<>(List.of("--release", "17", "-Xlint:all,-path,-classfile,-requires-automatic"));
        words.addAll(List.of("-Werror", "-p", System.getProperty("jdk.module.path"), "-d", classes.toString()));
        try (Stream<Path> files = Files.walk(FOLDER.resolve("src/main/java"))) {
            files.filter(Files::isRegularFile).map(Path::toString).forEach(words::add);
        }
        run("javac", words);
        Files.createDirectories(folder);
        String file = folder.resolve("loreft.jar").toString();
        run("jar", List.of("--create", "--file", file, "-C", classes.toString(), "."));
        return folder;
    }

    private static void run(String tool, List<String> words) {
        int code = ToolProvider.findFirst(tool).orElseThrow().run(System.err, System.err, words.toArray(String[]::new));
        assertEquals(0, code, tool);
    }
}
