package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A GGUF file, versions 2 and 3, mapped read-only. The header is read and checked first: counts, types, shapes and
 * offsets; only then are the data mapped, each tensor on its own. Any number of threads may read.
 */
final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747;
    private static final int LEAST_PAIR = 8 + 4 + 1;
    private static final int LEAST_TENSOR = 8 + 4 + 8 + 4 + 8;
    private static final long MOST_HEADER = 1L << 30;

    private final Path file;
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    private final Map<String, ByteBuffer> buffers = new HashMap<>();
    private volatile boolean closed;

    private GgufFile(Path file) {
        this.file = file;
    }

    /**
     * Opens and checks a file.
     *
     * @throws FileFormatException if its content is wrong
     */
    static GgufFile open(Path path) throws IOException {
        GgufFile file = new GgufFile(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer head = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(size, MOST_HEADER))
                    .order(ByteOrder.LITTLE_ENDIAN);
            GgufReader reader = new GgufReader(path, head);
            file.readHeader(reader);
            long start = align(reader.position(), file.alignment(reader));
            file.checkLayout(reader, size - start);
            for (Map.Entry<String, GgufTensor> tensor : file.tensors.entrySet()) {
                GgufTensor found = tensor.getValue();
                if (found.bytes() <= Integer.MAX_VALUE) {
                    ByteBuffer bytes =
                            channel.map(FileChannel.MapMode.READ_ONLY, start + found.offset(), found.bytes());
                    file.buffers.put(tensor.getKey(), bytes);
                }
            }
        }
        return file;
    }

    private static long align(long position, long alignment) {
        return (position + alignment - 1) / alignment * alignment;
    }

    private void readHeader(GgufReader reader) throws FileFormatException {
        if (reader.word() != MAGIC) {
            throw reader.wrong("does not begin with GGUF");
        }
        int version = reader.word();
        if (version != 2 && version != 3) {
            throw reader.wrong("has the version " + version + "; allowed: 2 and 3, little-endian");
        }
        int count = reader.count("the number of tensors", LEAST_TENSOR);
        int pairs = reader.count("the number of metadata", LEAST_PAIR);
        for (int i = 0; i < pairs; i++) {
            String key = reader.name("a key");
            if (metadata.put(key, reader.value(key)) != null) {
                throw reader.wrong("has the key '" + key + "' twice");
            }
        }
        for (int i = 0; i < count; i++) {
            readTensor(reader);
        }
    }

    private void readTensor(GgufReader reader) throws FileFormatException {
        String name = reader.name("the name of a tensor");
        int rank = reader.word();
        if (rank < 1 || rank > 4) {
            throw reader.wrong("tensor '" + name + "' has " + rank + " dimensions; allowed: 1 to 4");
        }
        long[] shape = new long[rank];
        long length = 1;
        for (int i = rank - 1; i >= 0; i--) {
            shape[i] = reader.number("a dimension of '" + name + "'");
            if (shape[i] < 1 || length > (1L << 48) / shape[i]) {
                throw reader.wrong("tensor '" + name + "' has a dimension of " + shape[i] + ", which cannot be");
            }
            length *= shape[i];
        }
        int number = reader.word();
        GgufType type = GgufType.numbered(number);
        if (type == null) {
            throw reader.wrong(
                    "tensor '" + name + "' has the type number " + number + "; Graft reads " + GgufType.known());
        }
        if (shape[rank - 1] % type.blockValues() != 0) {
            throw reader.wrong("tensor '" + name + "' has rows of " + shape[rank - 1] + ", no multiple of the "
                    + type.blockValues() + " values of a block of " + type);
        }
        long offset = reader.number("the offset of '" + name + "'");
        long bytes = length / type.blockValues() * type.blockBytes();
        if (tensors.put(name, new GgufTensor(type, shape, offset, bytes)) != null) {
            throw reader.wrong("has the tensor '" + name + "' twice");
        }
    }

    private long alignment(GgufReader reader) throws FileFormatException {
        Object alignment = metadata.getOrDefault("general.alignment", 32);
        if (alignment instanceof Integer number && number >= 8 && number % 8 == 0 && number <= 1 << 20) {
            return number;
        }
        throw reader.wrong("'general.alignment' is " + alignment + "; allowed: a multiple of 8");
    }

    /** Tensors begin at multiples of the alignment, end inside the file and do not overlap. */
    private void checkLayout(GgufReader reader, long data) throws FileFormatException {
        long alignment = alignment(reader);
        List<Map.Entry<String, GgufTensor>> byOffset = new ArrayList<>(tensors.entrySet());
        byOffset.sort(Comparator.comparingLong(tensor -> tensor.getValue().offset()));
        long end = 0;
        for (Map.Entry<String, GgufTensor> entry : byOffset) {
            GgufTensor tensor = entry.getValue();
            if (tensor.offset() % alignment != 0 || tensor.offset() < end) {
                throw reader.wrong("tensor '" + entry.getKey() + "' begins at byte " + tensor.offset()
                        + " of the data; expected: a multiple of " + alignment + ", behind " + end);
            }
            if (tensor.bytes() > data || tensor.offset() > data - tensor.bytes()) {
                throw reader.wrong("tensor '" + entry.getKey() + "' ends at byte " + (tensor.offset() + tensor.bytes())
                        + " of the data, but the file holds " + Math.max(0, data) + "; it is truncated or damaged");
            }
            end = tensor.offset() + tensor.bytes();
        }
    }

    Path path() {
        return file;
    }

    /** What the header says beside the tensors. */
    Map<String, Object> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** All tensors by their names in the file. */
    Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** The bytes of a tensor, read-only. */
    ByteBuffer bytes(String name) throws FileFormatException {
        if (closed) {
            throw new IllegalStateException(file + " was closed");
        }
        ByteBuffer bytes = buffers.get(name);
        if (bytes == null) {
            throw new FileFormatException(
                    file,
                    "tensor '" + name + "' has more than " + Integer.MAX_VALUE + " bytes, which Graft does not read");
        }
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        closed = true;
        buffers.clear();
    }
}
