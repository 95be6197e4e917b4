package dev.graft.peft.spi.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, mapped read-only, or its bytes.
 *
 * <p>The header is read and checked first: its length, its JSON, types, shapes and offsets. The data are mapped, in
 * maps of at most 2 GB, each a run of neighbouring tensors; buffers stay valid after {@link #close()}, and a map goes
 * when its last buffer does. Any number of threads may read.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** The Python library's limit on the header. */
    private static final long MOST_HEADER = 100_000_000;

    private final Path file;
    private final SafetensorsHeader header;
    private final Map<String, ByteBuffer> buffers = new HashMap<>();
    private volatile boolean closed;

    private SafetensorsFile(Path file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Opens and checks a file.
     *
     * @throws FileFormatException if its content is wrong
     */
    public static SafetensorsFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            long first =
                    size < Long.BYTES ? 0 : read(file, channel, 0, Long.BYTES).getLong(0);
            long length = headerLength(file, size, first);
            byte[] bytes = read(file, channel, Long.BYTES, (int) length).array();
            long start = Long.BYTES + length;
            SafetensorsFile opened = new SafetensorsFile(file, SafetensorsHeader.read(file, bytes, size - start));
            opened.map(channel, start);
            return opened;
        }
    }

    /**
     * Reads a file's bytes that came another way, as a message between processes; the array is not to be changed.
     *
     * @param source to name in messages
     * @throws FileFormatException if its content is wrong
     */
    public static SafetensorsFile of(Path source, byte[] content) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long length = headerLength(source, content.length, content.length < Long.BYTES ? 0 : all.getLong(0));
        int start = (int) (Long.BYTES + length);
        byte[] header = Arrays.copyOfRange(content, Long.BYTES, start);
        SafetensorsFile read =
                new SafetensorsFile(source, SafetensorsHeader.read(source, header, content.length - start));
        ByteBuffer data = all.asReadOnlyBuffer();
        read.header.tensors.forEach((name, entry) ->
                read.buffers.put(name, data.slice(start + (int) entry.begin(), (int) entry.bytes())));
        return read;
    }

    /** Checks what the first eight bytes say. */
    private static long headerLength(Path file, long size, long length) throws FileFormatException {
        if (size < Long.BYTES) {
            throw new FileFormatException(
                    file,
                    "has " + size + " bytes; a safetensors file begins with 8 bytes "
                            + "that hold the length of its header");
        }
        if (length < 2 || length > MOST_HEADER || length > size - Long.BYTES) {
            throw new FileFormatException(
                    file,
                    "says that its header has " + Long.toUnsignedString(length)
                            + " bytes; allowed: 2 to " + Math.min(MOST_HEADER, size - Long.BYTES)
                            + " in a file of " + size + "; it is truncated or no safetensors file");
        }
        return length;
    }

    private static ByteBuffer read(Path file, FileChannel channel, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException(file + ": became shorter while it was read");
            }
        }
        return bytes;
    }

    private void map(FileChannel channel, long start) throws IOException {
        List<Map.Entry<String, TensorEntry>> byOffset = new ArrayList<>(header.tensors.entrySet());
        byOffset.sort(Comparator.comparingLong(entry -> entry.getValue().begin()));
        int next = 0;
        while (next < byOffset.size()) {
            long begin = byOffset.get(next).getValue().begin();
            int last = next;
            while (last < byOffset.size() && byOffset.get(last).getValue().end() - begin <= Integer.MAX_VALUE) {
                last++;
            }
            if (last > next) {
                long end = byOffset.get(last - 1).getValue().end();
                ByteBuffer run = channel.map(FileChannel.MapMode.READ_ONLY, start + begin, end - begin);
                for (Map.Entry<String, TensorEntry> tensor : byOffset.subList(next, last)) {
                    TensorEntry entry = tensor.getValue();
                    buffers.put(tensor.getKey(), run.slice((int) (entry.begin() - begin), (int) entry.bytes()));
                }
            }
            next = Math.max(last, next + 1); // a tensor of more than 2 GB gets no buffer
        }
    }

    /** The file. */
    public Path path() {
        return file;
    }

    /** Names of the tensors, in the header's order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors.keySet());
    }

    /** The header's free texts. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata);
    }

    /** Type, shape and size of a tensor. */
    public TensorEntry entry(String name) throws FileFormatException {
        TensorEntry entry = header.tensors.get(name);
        if (entry == null) {
            throw new FileFormatException(
                    file, "holds no tensor '" + name + "'; it holds " + Names.some(header.tensors.keySet()));
        }
        return entry;
    }

    /** The bytes of a tensor: read-only, little-endian; direct where a file was opened. */
    public ByteBuffer bytes(String name) throws FileFormatException {
        if (closed) {
            throw new IllegalStateException(file + " was closed");
        }
        TensorEntry entry = entry(name);
        ByteBuffer bytes = buffers.get(name);
        if (bytes == null) {
            throw new FileFormatException(
                    file,
                    "tensor '" + name + "' has " + entry.bytes() + " bytes; Graft reads tensors of at most "
                            + Integer.MAX_VALUE);
        }
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A copy of a tensor as floats, from F32, F16, BF16 or F64. */
    public float[] floats(String name) throws FileFormatException {
        TensorEntry entry = entry(name);
        if (!entry.dtype().isFloat()) {
            throw new FileFormatException(
                    file, "tensor '" + name + "' has the type " + entry.dtype() + "; allowed: F32, F16, BF16, F64");
        }
        ByteBuffer bytes = bytes(name);
        float[] floats = new float[(int) entry.length()];
        entry.dtype().decode(bytes, 0, floats, floats.length);
        return floats;
    }

    /** Hands out no more buffers. */
    @Override
    public void close() {
        closed = true;
        buffers.clear();
    }
}
