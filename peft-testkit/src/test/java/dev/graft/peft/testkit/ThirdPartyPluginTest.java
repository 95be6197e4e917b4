package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The test of {@code examples/third-party-plugin}, compiled and run on the testkit as it is now. */
class ThirdPartyPluginTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "third-party-plugin", "src");

    @TempDir
    Path folder;

    @Test
    void theExampleKeepsTheLawsAndTheRules() throws Exception {
        Path classes = folder.resolve("target/classes");
        Path tests = folder.resolve("target/test-classes");
        compile(EXAMPLE.resolve("main/java"), classes, "");
        compile(EXAMPLE.resolve("test/java"), tests, classes + File.pathSeparator);
        URL[] places = {classes.toUri().toURL(), tests.toUri().toURL()};
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(places, MethodContract.class.getClassLoader())) {
            thread.setContextClassLoader(loader); // where the rules look for the package
            Events events = EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(loader.loadClass("org.example.loreft.LoReftTest")))
                    .execute()
                    .testEvents();
            assertEquals(
                    List.of(),
                    events.failed().stream().map(Objects::toString).collect(Collectors.toList()),
                    "laws and rules that are broken");
            assertTrue(events.succeeded().count() > 100, events.succeeded().count() + " tests ran");
            assertEquals(0, events.skipped().count());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void compile(Path sources, Path target, String inFront) throws IOException {
        List<String> words = new ArrayList<>(List.of("-Xlint:all,-path,-classfile,-processing", "-Werror"));
        words.addAll(List.of("-d", target.toString(), "-cp", inFront + path()));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".java") && !name.endsWith("module-info.java"))
                    .forEach(words::add);
        }
        int code =
                ToolProvider.findFirst("javac").orElseThrow().run(System.err, System.err, words.toArray(String[]::new));
        assertEquals(0, code, "javac on " + sources);
    }

    /** Everything that the tests were started with. */
    private static String path() {
        return Stream.of("jdk.module.path", "java.class.path")
                .map(System::getProperty)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
