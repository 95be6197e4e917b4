package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.FloatSource;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a whole model as a Hugging Face directory in float32, such as a merged one; transformers loads it. */
public final class ModelWriter {
    /** Files beside the weights that say how texts become tokens and how texts are generated; copied as they are. */
    private static final List<String> COPIED = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.txt",
            "vocab.json",
            "merges.txt",
            "tokenizer.model",
            "spiece.model",
            "chat_template.jinja",
            "generation_config.json");

    private ModelWriter() {}

    /**
     * Writes a directory whole or not at all.
     *
     * @param directory does not exist yet or is empty
     * @param config what config.json will hold, but for the type of the weights
     * @param base the directory whose tokenizer is copied
     * @param tensors by their names in a Hugging Face checkpoint
     * @throws java.nio.file.FileAlreadyExistsException if the directory is in use
     */
    public static void write(Path directory, Map<String, Object> config, Path base, Map<String, Tensor> tensors)
            throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(config);
        json.replace("dtype", "float32");
        json.replace("torch_dtype", "float32");
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach((name, tensor) -> writer.add(name, tensor.shape(), source(tensor)));
        AtomicFiles.folder(directory, inside -> {
            Files.writeString(inside.resolve("config.json"), Json.pretty(json) + "\n");
            for (String name : COPIED) {
                if (Files.exists(base.resolve(name))) {
                    Files.copy(base.resolve(name), inside.resolve(name));
                }
            }
            writer.write(inside.resolve("model.safetensors"));
        });
    }

    private static FloatSource source(Tensor tensor) {
        if (!tensor.isDense()) {
            return FloatSource.of(tensor.toArray());
        }
        if (tensor.isCompact()) {
            return (index, into, length) -> tensor.decode(index, into, 0, length);
        }
        FloatBuffer floats = tensor.buffer();
        int offset = tensor.offset();
        return (index, into, length) -> floats.get(offset + (int) index, into, 0, length);
    }
}
