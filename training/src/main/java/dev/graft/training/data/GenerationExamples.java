package dev.graft.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Reads a file of texts to be continued, one a line: {@code {"prompt": "...", "completion": "..."}}, strictly. */
public final class GenerationExamples {
    private static final Set<String> KEYS = Set.of("prompt", "completion");

    private GenerationExamples() {}

    /** All rows, at least one. */
    public static List<GenerationExample> read(Path file) throws DataException {
        return JsonLines.read(file, GenerationExamples::row);
    }

    /** Takes rows one after another. */
    @FunctionalInterface
    public interface Taker {
        /** The next row. */
        void take(GenerationExample row) throws IOException;
    }

    /**
     * The rows of a file, in its order, without keeping them.
     *
     * @throws DataException that names the line of the first thing that is wrong; the rows before it were taken
     */
    public static void forEach(Path file, Taker taker) throws IOException {
        JsonLines.forEach(file, GenerationExamples::row, taker::take);
    }

    /** True if the first row has a prompt. */
    public static boolean isGeneration(Path file) throws DataException {
        return JsonLines.first(file).object().has("prompt");
    }

    private static GenerationExample row(JsonLine line) throws DataException {
        line.keys(KEYS);
        return new GenerationExample(line.text("prompt"), line.text("completion"));
    }
}
