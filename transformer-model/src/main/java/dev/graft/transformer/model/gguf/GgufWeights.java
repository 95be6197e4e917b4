package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.weights.Encoding;
import dev.graft.transformer.model.weights.WeightEntry;
import dev.graft.transformer.model.weights.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The weights of a GGUF file under Hugging Face's names, quantised ones as they are. */
public final class GgufWeights implements WeightFile {
    private final GgufFile file;
    private final Map<String, String> stored = new TreeMap<>();
    private final Map<String, WeightEntry> entries = new TreeMap<>();

    private GgufWeights(GgufFile file) throws FileFormatException {
        this.file = file;
        GgufConfig config = new GgufConfig(file);
        for (Map.Entry<String, GgufTensor> entry : file.tensors().entrySet()) {
            String name = GgufNames.huggingFace(entry.getKey());
            if (name == null) {
                config.requireKnown(entry.getKey());
                continue;
            }
            GgufTensor tensor = entry.getValue();
            Encoding encoding = tensor.type();
            if (config.isRotated(name)) {
                if (tensor.shape()[0] % config.headSize() != 0) {
                    throw new FileFormatException(
                            file.path(),
                            "tensor '" + entry.getKey() + "' has " + tensor.shape()[0]
                                    + " rows, no multiple of a head's " + config.headSize() + " features");
                }
                int width = tensor.shape().length == 1 ? 1 : (int) tensor.shape()[1];
                encoding = new RotaryRows(encoding, config.headSize(), width);
            }
            boolean plain = encoding == tensor.type() && !tensor.type().isQuantised();
            String type = plain || !config.isRotated(name) ? tensor.type().name() : tensor.type() + " rotary";
            stored.put(name, entry.getKey());
            entries.put(
                    name,
                    new WeightEntry(
                            type, tensor.shape(), encoding, tensor.type().isQuantised()));
        }
    }

    /**
     * Opens a file.
     *
     * @throws FileFormatException if its content is wrong or of a family that is not supported
     */
    public static GgufWeights open(Path path) throws IOException {
        GgufFile file = GgufFile.open(path);
        try {
            return new GgufWeights(file);
        } catch (FileFormatException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public WeightEntry entry(String name) {
        return entries.get(name);
    }

    @Override
    public ByteBuffer bytes(String name) throws FileFormatException {
        return file.bytes(stored.get(name));
    }

    @Override
    public void close() {
        file.close();
    }
}
