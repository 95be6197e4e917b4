package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Copies;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.file.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * One tensor as frozen memory: a view of the mapped file where that holds floats, else a converted copy, or values in
 * fewer bits.
 */
final class FrozenFloats implements AutoCloseable {
    private static final int TILE = 64 << 10;

    private final WeightEntry entry;
    private final ByteBuffer bytes;
    private final Storage owned;
    private final EncodedValues compact;
    private final Storage seen;
    private final Tensor tensor;

    private FrozenFloats(WeightEntry entry, ByteBuffer bytes, Storage owned, EncodedValues compact, Storage seen) {
        this.entry = entry;
        this.bytes = bytes;
        this.owned = owned;
        this.compact = compact;
        this.seen = seen;
        this.tensor = Tensor.over(seen, 0, entry.shape());
    }

    static FrozenFloats load(
            Path file, String name, WeightEntry entry, ByteBuffer bytes, Compaction compaction, Copies copies)
            throws FileFormatException {
        EncodedValues values = compact(entry, bytes, compaction);
        if (values != null) {
            return new FrozenFloats(entry, bytes, null, values, Storage.compact(values));
        }
        if (entry.length() == 0 || isUsable(entry, bytes)) {
            return new FrozenFloats(
                    entry, bytes, null, null, Storage.readOnly(bytes).among(copies));
        }
        if (entry.length() > Storage.MAX_FLOATS) {
            throw new FileFormatException(
                    file, "tensor '" + name + "' takes more than 2 GB as floats; Graft reads tensors of at most 2 GB");
        }
        Storage owned = Storage.allocate(entry.length());
        decode(entry, bytes, owned.buffer());
        return new FrozenFloats(entry, bytes, owned, null, owned.frozen().among(copies));
    }

    /** Values in fewer bits, or null: then floats are wanted. Only matrices are worth it. */
    static EncodedValues compact(WeightEntry entry, ByteBuffer bytes, Compaction compaction) {
        if (entry.shape().length != 2 || entry.length() == 0) {
            return null;
        }
        return switch (compaction) {
            case STORED -> entry.quantised() ? EncodedValues.mapped(entry, bytes) : null;
            case F32 -> null;
            case BF16 ->
                entry.type().equals("BF16") ? EncodedValues.mapped(entry, bytes) : EncodedValues.halves(entry, bytes);
            case INT8 ->
                entry.type().equals("I8") ? EncodedValues.mapped(entry, bytes) : EncodedValues.bytes(entry, bytes);
            case INT4 ->
                entry.shape()[1] % NibbleGroups.SIZE == 0
                        ? EncodedValues.nibbles(entry, bytes)
                        : compact(entry, bytes, Compaction.INT8);
        };
    }

    /** True if the bytes are floats as the machine has them. */
    private static boolean isUsable(WeightEntry entry, ByteBuffer bytes) {
        return entry.type().equals("F32")
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                && bytes.alignmentOffset(0, Float.BYTES) == 0;
    }

    private static void decode(WeightEntry entry, ByteBuffer bytes, FloatBuffer to) {
        float[] tile = new float[TILE];
        int length = (int) entry.length();
        for (int at = 0; at < length; at += TILE) {
            int run = Math.min(TILE, length - at);
            entry.encoding().decode(bytes, at, tile, 0, run);
            to.put(at, tile, 0, run);
        }
    }

    Tensor tensor() {
        return tensor;
    }

    /** True if this is a view of the file, or a copy that still has the bits that the file's values give. */
    boolean isIntact() {
        if (compact != null) {
            return compact.isIntact();
        }
        if (owned == null) {
            return true;
        }
        float[] again = new float[TILE];
        int length = (int) entry.length();
        FloatBuffer held = owned.buffer();
        for (int at = 0; at < length; at += TILE) {
            int run = Math.min(TILE, length - at);
            entry.encoding().decode(bytes, at, again, 0, run);
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
