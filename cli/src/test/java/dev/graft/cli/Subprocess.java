package dev.graft.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command in a process of its own, which a test can kill or starve. */
final class Subprocess {
    private Subprocess() {}

    /**
     * Starts the command on this process's module path.
     *
     * @param log gets both streams
     * @param shell runs before it in the same process, such as {@code ulimit -f 100}
     */
    static Process start(Path log, String shell, Object... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", shell + "; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:-UsePerfData", "-XX:+UseSerialGC", "-Xmx512m"));
        command.add("-XX:TieredStopAtLevel=1"); // short programs: the quick compiler is enough
        // as bin/graft has them: nothing on standard error on newer JDKs
        command.addAll(List.of("-XX:+IgnoreUnrecognizedVMOptions", "--illegal-native-access=allow"));
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error"); // Hazelcast warns of members that leave
        command.add("-Dorg.bytedeco.javacpp.maxbytes=0");
        command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
        command.addAll(List.of("-p", System.getProperty("jdk.module.path")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(
                List.of("--add-modules", "ALL-MODULE-PATH,ALL-DEFAULT", "-m", "dev.graft.cli/dev.graft.cli.Main"));
        Stream.of(words).map(String::valueOf).forEach(command::add);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** Waits until a file is there. */
    static void await(Process process, Path file, Path log) throws Exception {
        for (int i = 0; i < 1200 && !Files.exists(file); i++) {
            if (!process.isAlive()) {
                throw new AssertionError("ended before " + file + " was there: " + Files.readString(log));
            }
            Thread.sleep(50);
        }
    }
}
