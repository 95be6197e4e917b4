package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.weights.GraftCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/**
 * What a GGUF file says beside its weights, as the small files of a Hugging Face directory: written once into the cache,
 * under a name of the file's path, size and time of change. The weights stay where they are.
 */
public final class GgufFolder {
    private static final String NOTE = "graft-gguf.json";

    /** Part of the folder's name: raise it when what is written changes. */
    private static final int VERSION = 1;

    private GgufFolder() {}

    /**
     * The folder for a file; the first call writes it.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if the file is damaged, or of a family or with a tokenizer
     *     that is not supported
     */
    public static Path of(Path file) throws IOException {
        Path real = file.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        String state = VERSION + "\n" + real + "\n" + attributes.size() + "\n" + attributes.lastModifiedTime();
        String key = Hashes.sha256(state.getBytes(StandardCharsets.UTF_8)).substring(0, 32);
        Path folder = GraftCache.folder().resolve("models").resolve("gguf-" + key);
        if (Files.exists(folder.resolve(NOTE))) {
            return folder;
        }
        try (GgufFile opened = GgufFile.open(file)) {
            Map<String, Object> config = new GgufConfig(opened).json();
            GgufTokenizer tokenizer = new GgufTokenizer(opened);
            AtomicFiles.folder(folder, inside -> {
                write(inside, "config.json", config);
                write(inside, "tokenizer.json", tokenizer.tokenizer());
                write(inside, "tokenizer_config.json", tokenizer.settings());
                write(inside, NOTE, Map.of("file", real.toString()));
            });
        } catch (FileAlreadyExistsException e) {
            if (!Files.exists(folder.resolve(NOTE))) { // else another process was first
                throw e;
            }
        }
        return folder;
    }

    private static void write(Path folder, String name, Map<String, ?> json) throws IOException {
        Files.writeString(folder.resolve(name), Json.pretty(json) + "\n");
    }
}
