package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.CompactValues;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.ValueGroups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Values in fewer bits: bytes of a mapped file as they are, or made of such once into memory of their own. */
final class EncodedValues implements CompactValues {
    private static final int TILE = 16 << 10;

    private final ByteBuffer bytes;
    private final Encoding encoding;
    private final long length;
    private final Storage owned;
    private final boolean halves;
    private final long checksum;

    private EncodedValues(ByteBuffer bytes, Encoding encoding, long length, Storage owned, boolean halves) {
        this.halves = halves;
        this.bytes = bytes;
        this.encoding = encoding;
        this.length = length;
        this.owned = owned;
        this.checksum = owned == null ? 0 : checksum();
    }

    /** The file's own bytes. */
    static EncodedValues mapped(WeightEntry entry, ByteBuffer bytes) {
        return new EncodedValues(
                little(bytes),
                entry.encoding(),
                entry.length(),
                null,
                entry.type().equals("BF16"));
    }

    /** bf16, rounded to the nearest, half-way to even. */
    static EncodedValues halves(WeightEntry entry, ByteBuffer from) {
        Storage memory = Storage.allocate((entry.length() + 1) / 2);
        ByteBuffer to = memory.bytes();
        float[] tile = new float[TILE];
        for (long at = 0; at < entry.length(); at += TILE) {
            int run = (int) Math.min(TILE, entry.length() - at);
            entry.encoding().decode(from, at, tile, 0, run);
            for (int i = 0; i < run; i++) {
                to.putShort((int) (at + i) * Short.BYTES, bf16(tile[i]));
            }
        }
        Encoding upper = (bytes, first, into, at, count) -> {
            for (int i = 0; i < count; i++) {
                into[at + i] = Float.intBitsToFloat(bytes.getShort((int) (first + i) * Short.BYTES) << 16);
            }
        };
        return new EncodedValues(to, upper, entry.length(), memory, true);
    }

    private static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** Bytes with a factor a row: the row's largest value becomes 127 or -127. */
    static EncodedValues bytes(WeightEntry entry, ByteBuffer from) {
        int width = (int) entry.shape()[1];
        int rows = (int) entry.shape()[0];
        Storage memory = Storage.allocate((entry.length() + 3) / 4);
        ByteBuffer to = memory.bytes();
        float[] scales = new float[rows];
        float[] row = new float[width];
        for (int r = 0; r < rows; r++) {
            entry.encoding().decode(from, (long) r * width, row, 0, width);
            float most = 0;
            for (float value : row) {
                most = Math.max(most, Math.abs(value));
            }
            scales[r] = most / 127f;
            for (int i = 0; i < width; i++) {
                to.put(r * width + i, (byte) (most == 0 ? 0 : Math.rint(row[i] / scales[r])));
            }
        }
        return new EncodedValues(to, new RowScales(scales, width), entry.length(), memory, false);
    }

    /** Numbers of 4 bits in groups with a scale each. */
    static EncodedValues nibbles(WeightEntry entry, ByteBuffer from) {
        Storage memory = Storage.allocate((NibbleGroups.bytes(entry.length()) + 3) / 4);
        ByteBuffer to = memory.bytes();
        float[] group = new float[NibbleGroups.SIZE];
        for (long at = 0; at < entry.length(); at += group.length) {
            entry.encoding().decode(from, at, group, 0, group.length);
            NibbleGroups.write(group, to, at);
        }
        return new EncodedValues(to, new NibbleGroups(), entry.length(), memory, false);
    }

    private static ByteBuffer little(ByteBuffer bytes) {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private long checksum() {
        CRC32C sum = new CRC32C();
        sum.update(bytes.duplicate().rewind());
        return sum.getValue();
    }

    /** True if the bytes are the file's, or still those that were made of it. */
    boolean isIntact() {
        return owned == null || checksum == checksum();
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long bytes() {
        return bytes.capacity();
    }

    @Override
    public ByteBuffer halves() {
        return halves ? bytes : null;
    }

    @Override
    public ByteBuffer signedBytes() {
        return encoding instanceof RowScales ? bytes : null;
    }

    @Override
    public float[] rowScales() {
        return encoding instanceof RowScales rows ? rows.scales() : null;
    }

    @Override
    public void decode(long from, float[] into, int at, int count) {
        if (from < 0 || from + count > length) {
            throw new IndexOutOfBoundsException("values " + from + " to " + (from + count) + " of " + length);
        }
        encoding.decode(bytes, from, into, at, count);
    }

    @Override
    public ValueGroups groups() {
        return encoding.groups();
    }

    @Override
    public void split(long from, byte[] numbers, float[] scales, float[] offsets) {
        if (from < 0 || from + numbers.length > length) {
            throw new IndexOutOfBoundsException("values " + from + " to " + (from + numbers.length) + " of " + length);
        }
        encoding.split(bytes, from, numbers.length, numbers, 0, scales, offsets);
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
    }
}
