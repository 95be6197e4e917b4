package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.file.Dtype;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.TensorEntry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** One tensor as read-only floats: a view of the mapped file where that holds floats, else a converted copy. */
final class FrozenFloats implements AutoCloseable {
    private static final int TILE = 64 << 10;

    private final TensorEntry entry;
    private final ByteBuffer bytes;
    private final Storage owned;
    private final Tensor tensor;

    private final Storage seen;

    private FrozenFloats(TensorEntry entry, ByteBuffer bytes, Storage owned, Storage seen) {
        this.seen = seen;
        this.entry = entry;
        this.bytes = bytes;
        this.owned = owned;
        this.tensor = Tensor.over(seen, 0, entry.shape());
    }

    static FrozenFloats load(Path file, String name, TensorEntry entry, ByteBuffer bytes) throws FileFormatException {
        if (entry.length() == 0 || isUsable(entry, bytes)) {
            return new FrozenFloats(entry, bytes, null, Storage.readOnly(bytes));
        }
        if (entry.length() > Storage.MAX_FLOATS) {
            throw new FileFormatException(
                    file, "tensor '" + name + "' takes more than 2 GB as floats; Graft reads tensors of at most 2 GB");
        }
        Storage owned = Storage.allocate(entry.length());
        decode(entry, bytes, owned.buffer());
        return new FrozenFloats(entry, bytes, owned, owned.frozen());
    }

    /** True if the bytes are floats as the machine has them. */
    private static boolean isUsable(TensorEntry entry, ByteBuffer bytes) {
        return entry.dtype() == Dtype.F32
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                && bytes.alignmentOffset(0, Float.BYTES) == 0;
    }

    private static void decode(TensorEntry entry, ByteBuffer bytes, FloatBuffer to) {
        float[] tile = new float[TILE];
        int length = (int) entry.length();
        for (int at = 0; at < length; at += TILE) {
            int run = Math.min(TILE, length - at);
            entry.dtype().decode(bytes, at, tile, run);
            to.put(at, tile, 0, run);
        }
    }

    Tensor tensor() {
        return tensor;
    }

    /** True if this is a view of the file, or a copy that still has the bits that the file's values give. */
    boolean isIntact() {
        if (owned == null) {
            return true;
        }
        float[] again = new float[TILE];
        int length = (int) entry.length();
        FloatBuffer held = owned.buffer();
        for (int at = 0; at < length; at += TILE) {
            int run = Math.min(TILE, length - at);
            entry.dtype().decode(bytes, at, again, run);
            for (int i = 0; i < run; i++) {
                if (Float.floatToRawIntBits(held.get(at + i)) != Float.floatToRawIntBits(again[i])) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() {
        seen.close();
        if (owned != null) {
            owned.close();
        }
    }
}
