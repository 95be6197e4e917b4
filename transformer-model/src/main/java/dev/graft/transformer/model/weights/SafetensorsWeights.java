package dev.graft.transformer.model.weights;

import dev.graft.peft.spi.file.Dtype;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.TensorEntry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A safetensors file as weights: F32, F16, BF16 and F64, and I8 with a scale a row as bitsandbytes writes it. Other
 * whole numbers, such as position_ids, are passed over.
 */
final class SafetensorsWeights implements WeightFile {
    private static final String WEIGHT = ".weight";
    private static final String SCALES = ".SCB";

    private final SafetensorsFile file;
    private final Map<String, WeightEntry> entries = new TreeMap<>();

    SafetensorsWeights(SafetensorsFile file) throws FileFormatException {
        this.file = file;
        for (String name : file.names()) {
            TensorEntry entry = file.entry(name);
            Dtype type = entry.dtype();
            if (type.isFloat()) {
                Encoding plain = (bytes, from, into, at, length) -> type.decode(bytes, (int) from, into, at, length);
                entries.put(name, new WeightEntry(type.name(), entry.shape(), plain, false));
            } else if (type == Dtype.I8 && name.endsWith(WEIGHT)) {
                rows(name, entry);
            }
        }
    }

    /** W = q s / 127 with a scale s a row (Dettmers et al. 2022, arXiv 2208.07339, section 2.1). */
    private void rows(String name, TensorEntry entry) throws FileFormatException {
        String scales = name.substring(0, name.length() - WEIGHT.length()) + SCALES;
        if (!file.names().contains(scales)) {
            return; // whole numbers of another kind
        }
        long[] shape = entry.shape();
        if (shape.length != 2 || file.entry(scales).length() != shape[0]) {
            throw new FileFormatException(
                    file.path(), "tensor '" + name + "' is I8 and needs one scale a row in '" + scales + "'");
        }
        float[] factors = file.floats(scales);
        for (int i = 0; i < factors.length; i++) {
            factors[i] /= 127f;
        }
        entries.put(name, new WeightEntry("I8", shape, new RowScales(factors, (int) shape[1]), true));
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
        return file.bytes(name);
    }

    @Override
    public void close() {
        file.close();
    }
}
