package dev.graft.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.peft.spi.file.AtomicFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;

/** metrics.jsonl: a line of JSON a step and an evaluation, in the order in which they happened. */
final class MetricsFile implements AutoCloseable {
    private final Path file;
    private final ObjectMapper json = new ObjectMapper();
    private BufferedWriter writer;

    MetricsFile(Path file) {
        this.file = file;
    }

    void add(Map<String, ?> line) throws IOException {
        if (writer == null) {
            writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        writer.write(json.writeValueAsString(line));
        writer.write('\n');
        writer.flush(); // somebody may be watching the file
    }

    /** Drops the lines behind a step, and a line that was cut off: the run writes them again. */
    void cutAfter(long step) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        String kept = Files.readAllLines(file).stream()
                .filter(line -> stepOf(line) <= step)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        AtomicFiles.write(file, kept);
    }

    private long stepOf(String line) {
        try {
            return json.readTree(line).path("step").asLong(Long.MAX_VALUE);
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }
}
