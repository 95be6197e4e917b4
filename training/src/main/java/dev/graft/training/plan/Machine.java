package dev.graft.training.plan;

import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a run was computed with, for its record. */
public final class Machine {
    private static final Path CPU = Path.of("/proc/cpuinfo");

    private Machine() {}

    /** Versions of everything that can change a result. */
    public static Map<String, Object> versions(Workers workers) {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("graft", Build.get("version"));
        versions.put(
                "kernels",
                workers.run(List.of(compute -> compute.kernels().name())).get(0));
        versions.put("onednn", Build.get("onednn"));
        versions.put("nd4j", Build.get("nd4j"));
        versions.put("jdk", Runtime.version() + ", " + System.getProperty("java.vendor"));
        versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        return versions;
    }

    /** Name of the processor, as the system gives it. */
    public static String cpu() {
        if (Files.isReadable(CPU)) {
            try (Stream<String> lines = Files.lines(CPU)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }
}
