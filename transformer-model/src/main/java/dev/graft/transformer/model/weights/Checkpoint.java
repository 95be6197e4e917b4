package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Copies;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.file.FileFormatException;
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
    private final List<WeightFile> files;
    private final Compaction compaction;
    private final Copies copies = new Copies();
    private final TreeMap<String, WeightFile> byName = new TreeMap<>();
    private final Map<String, FrozenFloats> loaded = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Checkpoint(Path directory, List<WeightFile> files, Compaction compaction) {
        this.directory = directory;
        this.files = List.copyOf(files);
        this.compaction = compaction;
        for (WeightFile file : files) {
            for (String name : file.names()) {
                byName.put(name, file);
            }
        }
    }

    /**
     * Opens the weights of a directory; headers are checked, data are mapped but not read.
     *
     * @throws FileFormatException if a file is missing or wrong
     */
    public static Checkpoint open(Path directory) throws IOException {
        return open(directory, Compaction.STORED);
    }

    /**
     * Opens the weights of a directory, to be kept in memory in some way.
     *
     * @throws FileFormatException if a file is missing or wrong
     */
    public static Checkpoint open(Path directory, Compaction compaction) throws IOException {
        return of(directory, WeightFiles.open(directory), compaction);
    }

    /** The weights of open files, which are closed with this. */
    public static Checkpoint of(Path directory, List<WeightFile> files, Compaction compaction) {
        return new Checkpoint(directory, files, compaction);
    }

    /** The directory. */
    public Path directory() {
        return directory;
    }

    /** The weight files, in the order of their names. */
    public List<Path> files() {
        return files.stream().map(WeightFile::path).toList();
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
                .mapToLong(e -> e.getValue().entry(e.getKey()).length())
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

    private FrozenFloats floats(String name) throws FileFormatException {
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
                known = FrozenFloats.load(file(name).path(), name, entry(name), bytes(name), compaction, copies);
                loaded.put(name, known);
            }
            return known;
        }
    }

    /** The tensors handed out so far. */
    Map<String, FrozenFloats> loaded() {
        return Collections.unmodifiableMap(loaded);
    }

    /** What is known of a tensor. */
    public WeightEntry entry(String name) throws FileFormatException {
        return file(name).entry(name);
    }

    /** A tensor's bytes as they lie in the mapped file. */
    ByteBuffer bytes(String name) throws FileFormatException {
        return file(name).bytes(name);
    }

    private WeightFile file(String name) throws FileFormatException {
        WeightFile file = byName.get(name);
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
            files.forEach(WeightFile::close);
        }
    }
}
