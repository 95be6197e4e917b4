package dev.graft.transformer.model;

import dev.graft.transformer.model.weights.GraftCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The model that comes with Graft, all-MiniLM-L6-v2: taken out of its jar and written once into the cache as a Hugging
 * Face directory.
 */
public final class EmbeddedModel {
    private static final String NAME = "all-minilm-l6-v2";

    private EmbeddedModel() {}

    /**
     * The directory with the model; the first call writes it.
     *
     * @throws dev.graft.peft.spi.file.FileFormatException if the jar is damaged or holds another model
     */
    public static Path directory() throws IOException {
        String data = System.getProperty("graft.data.dir");
        if (data == null) {
            throw new IOException("the embedded model was not found: the property graft.data.dir is not set; "
                    + "start with bin/graft or set it to the folder that holds " + NAME + ".jar");
        }
        return directory(Path.of(data, NAME + ".jar"), GraftCache.folder());
    }

    /** The directory for the model in a jar, below a cache folder. */
    static Path directory(Path jar, Path cache) throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new NoSuchFileException(jar.toString(), null, "the jar with the embedded model is not there");
        }
        try (ModelJar content = ModelJar.open(jar, NAME)) {
            return OnnxModel.directory(content, cache);
        }
    }
}
