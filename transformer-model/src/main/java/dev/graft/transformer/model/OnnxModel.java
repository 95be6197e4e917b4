package dev.graft.transformer.model;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.transformer.model.onnx.OnnxBert;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a BERT that came as ONNX once into the cache, as a Hugging Face directory. */
final class OnnxModel {
    private static final String STAMP = "graft-stamp.json";
    private static final List<String> FILES =
            List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors");

    /** Part of the folder's name: raise it when the conversion changes. */
    private static final int VERSION = 1;

    private OnnxModel() {}

    /** The directory for a jar or an ONNX file, below a cache folder. */
    static Path directory(Path file, Path cache) throws IOException {
        try (OnnxSource source = file.toString().endsWith(".jar") ? ModelJar.open(file) : OnnxFile.of(file)) {
            return directory(source, cache);
        }
    }

    /** The directory for a model, below a cache folder; the first call writes it. */
    static Path directory(OnnxSource source, Path cache) throws IOException {
        Path directory = cache.resolve("models").resolve(source.name() + "-" + VERSION + "-" + source.stamp());
        if (!isComplete(directory)) {
            make(source, directory);
        }
        return directory;
    }

    /** One thread of one process at a time: the others wait and find the copy made. */
    private static synchronized void make(OnnxSource source, Path directory) throws IOException {
        Path lock = Files.createDirectories(directory.getParent()).resolveSibling("models.lock");
        try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock alone = file.lock()) {
            if (alone.isValid() && !isComplete(directory)) {
                AtomicFiles.folder(directory, broken -> !isComplete(broken), inside -> write(source, inside));
            }
        }
    }

    private static void write(OnnxSource source, Path folder) throws IOException {
        OnnxBert bert = OnnxBert.read(source.onnxName(), source.onnx());
        SafetensorsWriter tensors = new SafetensorsWriter();
        bert.addTo(tensors);
        tensors.write(folder.resolve("model.safetensors"));
        Map<String, Object> config = bert.config();
        AtomicFiles.write(folder.resolve("config.json"), Json.pretty(config) + "\n");
        Files.write(folder.resolve("tokenizer.json"), source.tokenizer());
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        tokenizer.put("cls_token", "[CLS]");
        tokenizer.put("do_lower_case", lowerCase(folder.resolve("tokenizer.json")));
        tokenizer.put("mask_token", "[MASK]");
        tokenizer.put("model_max_length", config.get("max_position_embeddings"));
        tokenizer.put("pad_token", "[PAD]");
        tokenizer.put("sep_token", "[SEP]");
        tokenizer.put("tokenizer_class", "BertTokenizer");
        tokenizer.put("unk_token", "[UNK]");
        AtomicFiles.write(folder.resolve("tokenizer_config.json"), Json.pretty(tokenizer) + "\n");
        AtomicFiles.write(folder.resolve(STAMP), Json.pretty(sizes(folder)) + "\n");
    }

    private static boolean lowerCase(Path tokenizer) throws IOException {
        return Json.read(tokenizer).get("normalizer") instanceof Map<?, ?> normalizer
                && Boolean.TRUE.equals(normalizer.get("lowercase"));
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
