package dev.graft.transformer.model;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.gguf.GgufFolder;
import dev.graft.transformer.model.gguf.GgufWeights;
import dev.graft.transformer.model.weights.Checkpoint;
import dev.graft.transformer.model.weights.Compaction;
import dev.graft.transformer.model.weights.GraftCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a base's files are.
 *
 * @param folder with config.json and tokenizer.json
 * @param gguf the weights, or null: then they are safetensors in the folder
 */
record BaseFiles(Path folder, Path gguf) {
    private static final String ENDING = ".gguf";

    /** Looks at what was named: a Hugging Face directory, a GGUF file or a folder with one, an ONNX file or a jar. */
    static BaseFiles of(Path base) throws IOException {
        if (Files.isRegularFile(base) && base.getFileName().toString().endsWith(ENDING)) {
            return new BaseFiles(GgufFolder.of(base), base);
        }
        if (Files.isRegularFile(base) && isOnnx(base)) {
            return new BaseFiles(OnnxModel.directory(base, GraftCache.folder()), null);
        }
        Path only = Files.isDirectory(base) ? onlyGguf(base) : null;
        return only == null ? new BaseFiles(base, null) : new BaseFiles(GgufFolder.of(only), only);
    }

    private static boolean isOnnx(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".onnx") || name.endsWith(".jar");
    }

    /** The GGUF file of a folder that holds no safetensors, or null. */
    private static Path onlyGguf(Path folder) throws IOException {
        List<Path> found;
        try (Stream<Path> content = Files.list(folder)) {
            List<Path> all = content.sorted().toList();
            if (all.stream().anyMatch(path -> path.getFileName().toString().contains(".safetensors"))) {
                return null;
            }
            found = all.stream()
                    .filter(path -> path.toString().endsWith(ENDING))
                    .toList();
        }
        if (found.size() > 1) {
            throw new FileFormatException(
                    folder,
                    "holds several GGUF files; name one of them: "
                            + found.get(0).getFileName() + ", " + found.get(1).getFileName());
        }
        return found.isEmpty() ? null : found.get(0);
    }

    Checkpoint open(Compaction compaction) throws IOException {
        return gguf == null
                ? Checkpoint.open(folder, compaction)
                : Checkpoint.of(folder, List.of(GgufWeights.open(gguf)), compaction);
    }
}
