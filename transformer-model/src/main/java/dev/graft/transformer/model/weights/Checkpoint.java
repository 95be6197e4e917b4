package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.file.Dtype;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The weights of a Hugging Face directory: {@code model.safetensors} or its shards, mapped read-only.
 *
 * <p>F32 tensors are views of the mapped file; F16, BF16 and F64 are converted once, when first asked for, into memory
 * of the checkpoint that is read-only too. Tensors of whole numbers, such as position_ids, are passed over. Any number
 * of threads may read.
 */
public final class Checkpoint implements AutoCloseable {
    private final Path directory;
    private final List<SafetensorsFile> files;
    private final TreeMap<String, SafetensorsFile> byName = new TreeMap<>();
    private final Map<String, FrozenFloats> loaded = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Checkpoint(Path directory, List<SafetensorsFile> files) throws FileFormatException {
        this.directory = directory;
        this.files = files;
        for (SafetensorsFile file : files) {
            for (String name : file.names()) {
                if (file.entry(name).dtype().isFloat()) {
                    byName.put(name, file);
                }
            }
        }
    }

    /**
     * Opens the weights of a directory; headers are checked, data are mapped but not read.
     *
     * @throws FileFormatException if a file is missing or wrong
     */
    public static Checkpoint open(Path directory) throws IOException {
        return new Checkpoint(directory, WeightFiles.open(directory));
    }

    /** The directory. */
    public Path directory() {
        return directory;
    }

    /** The weight files, in the order of their names. */
    public List<Path> files() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    /** Names of all tensors of floats, sorted. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(byName.keySet()));
    }

    /** True if there is a tensor of floats of this name. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /** The shape of a tensor; a copy. */
    public long[] shape(String name) throws FileFormatException {
        return entry(name).shape();
    }

    /** Number of floats in all tensors. */
    public long parameters() {
        return byName.entrySet().stream()
                .mapToLong(e -> {
                    try {
                        return e.getValue().entry(e.getKey()).length();
                    } catch (FileFormatException wrong) {
                        throw new IllegalStateException(wrong);
                    }
                })
                .sum();
    }

    /**
     * A tensor's values as read-only float memory; the same memory each time.
     *
     * @throws FileFormatException if there is none of this name
     */
    public Tensor tensor(String name) throws FileFormatException {
        return floats(name).tensor();
    }

    /**
     * A tensor's values, checked against the shape that a model needs.
     *
     * @throws FileFormatException if there is none of this name or its shape is another
     */
    public Tensor tensor(String name, long... shape) throws FileFormatException {
        long[] found = shape(name);
        if (!Arrays.equals(found, shape)) {
            throw new FileFormatException(
                    file(name).path(),
                    "tensor '" + name + "' has the shape " + Shapes.text(found) + ", but the configuration asks for "
                            + Shapes.text(shape));
        }
        return tensor(name);
    }

    FrozenFloats floats(String name) throws FileFormatException {
        if (closed) {
            throw new IllegalStateException("the checkpoint in " + directory + " was closed");
        }
        FrozenFloats known = loaded.get(name);
        if (known != null) {
            return known;
        }
        synchronized (loaded) {
            known = loaded.get(name);
            if (known == null) {
                known = FrozenFloats.load(file(name).path(), name, entry(name), bytes(name));
                loaded.put(name, known);
            }
            return known;
        }
    }

    /** The tensors handed out so far. */
    Map<String, FrozenFloats> loaded() {
        return Collections.unmodifiableMap(loaded);
    }

    TensorEntry entry(String name) throws FileFormatException {
        return file(name).entry(name);
    }

    Dtype dtype(String name) throws FileFormatException {
        return entry(name).dtype();
    }

    /** A tensor's bytes as they lie in the mapped file. */
    ByteBuffer bytes(String name) throws FileFormatException {
        return file(name).bytes(name);
    }

    private SafetensorsFile file(String name) throws FileFormatException {
        SafetensorsFile file = byName.get(name);
        if (file == null) {
            throw new FileFormatException(
                    directory, "holds no tensor of floats '" + name + "'" + WeightFiles.near(name, byName.keySet()));
        }
        return file;
    }

    /** Frees converted tensors and lets go of the maps; tensors handed out are invalid afterwards. */
    @Override
    public void close() {
        synchronized (loaded) {
            closed = true;
            loaded.values().forEach(FrozenFloats::close);
            loaded.clear();
            files.forEach(SafetensorsFile::close);
        }
    }
}
