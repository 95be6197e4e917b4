package dev.graft.training;

import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** A flat gradient as little-endian floats and back, bit for bit. */
final class GradientBytes {
    private GradientBytes() {}

    /** A dense tensor's floats; at most 2 GB. */
    static byte[] write(Tensor gradient) {
        byte[] bytes = new byte[Math.toIntExact(gradient.length() * Float.BYTES)];
        FloatBuffer to = floats(bytes);
        FloatBuffer from = gradient.buffer();
        float[] tile = new float[Tiles.tile()];
        Tiles.forEach(gradient, (index, at, length) -> {
            from.get(at, tile, 0, length);
            to.put((int) index, tile, 0, length);
        });
        return bytes;
    }

    /**
     * Sets a dense tensor.
     *
     * @throws IllegalArgumentException if there are too few or too many bytes
     */
    static void read(byte[] bytes, Tensor into) {
        if (bytes.length != into.length() * Float.BYTES) {
            throw new IllegalArgumentException("a gradient has " + bytes.length + " bytes; the adapter's has "
                    + into.length() + " floats of " + Float.BYTES);
        }
        FloatBuffer from = floats(bytes);
        FloatBuffer to = into.buffer();
        float[] tile = new float[Tiles.tile()];
        Tiles.forEach(into, (index, at, length) -> {
            from.get((int) index, tile, 0, length);
            to.put(at, tile, 0, length);
        });
    }

    private static FloatBuffer floats(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
}
