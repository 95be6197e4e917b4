package dev.graft.peft.spi.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.autograd.memory.Shapes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes F32 tensors as the Python library lays them out: sorted by name, the header padded with blanks to a multiple
 * of eight bytes, the metadata {@code {"format":"pt"}}. The same tensors give the same bytes.
 */
public final class SafetensorsWriter {
    private static final int TILE = 64 << 10;
    private static final Comparator<String> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private record Source(long[] shape, FloatSource floats) {}

    private final Map<String, Source> tensors = new TreeMap<>(BY_BYTES);

    /**
     * Adds a tensor.
     *
     * @param values its elements in row-major order; read when the file is written
     */
    public SafetensorsWriter add(String name, long[] shape, float[] values) {
        if (Shapes.size(shape) != values.length) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' of shape " + Shapes.text(shape) + " was given " + values.length + " values");
        }
        return add(name, shape, FloatSource.of(values));
    }

    /**
     * Adds a tensor.
     *
     * @param floats asked for its elements when the file is written
     */
    public SafetensorsWriter add(String name, long[] shape, FloatSource floats) {
        Math.multiplyExact(Shapes.size(shape), Float.BYTES);
        if (name.equals("__metadata__") || tensors.putIfAbsent(name, new Source(shape.clone(), floats)) != null) {
            throw new IllegalArgumentException("tensor '" + name + "' was added twice or has a name that is taken");
        }
        return this;
    }

    /** Writes a file that appears whole or not at all, over one that exists. */
    public void write(Path file) throws IOException {
        AtomicFiles.write(file, this::write);
    }

    /** Writes header and data; the channel stays open. */
    public void write(WritableByteChannel to) throws IOException {
        drain(header(), to);
        float[] tile = new float[TILE];
        ByteBuffer bytes = ByteBuffer.allocateDirect(TILE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Source tensor : tensors.values()) {
            long length = Shapes.size(tensor.shape);
            for (long at = 0; at < length; at += TILE) {
                int run = (int) Math.min(TILE, length - at);
                tensor.floats.read(at, tile, run);
                bytes.clear().asFloatBuffer().put(tile, 0, run);
                drain(bytes.limit(run * Float.BYTES), to);
            }
        }
    }

    private ByteBuffer header() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            json.writeStringField("format", "pt");
            json.writeEndObject();
            long at = 0;
            for (Map.Entry<String, Source> tensor : tensors.entrySet()) {
                long[] shape = tensor.getValue().shape;
                long end = Math.addExact(at, Shapes.size(shape) * Float.BYTES);
                json.writeObjectFieldStart(tensor.getKey());
                json.writeStringField("dtype", "F32");
                json.writeFieldName("shape");
                json.writeArray(shape, 0, shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {at, end}, 0, 2);
                json.writeEndObject();
                at = end;
            }
            json.writeEndObject();
        }
        int length = (bytes.size() + 7) / 8 * 8;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(bytes.toByteArray());
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
    }

    private static void drain(ByteBuffer bytes, WritableByteChannel to) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }
}
