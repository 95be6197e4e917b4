package dev.graft.training;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.overlay.TokenRow;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A micro-batch as bytes and back: little-endian, an array is its length and its elements, and an absent one has the
 * length -1.
 */
final class MicroBatchBytes {
    private static final Path SOURCE = Path.of("micro-batch");

    private MicroBatchBytes() {}

    static byte[] write(MicroBatch batch) {
        int ints = 4 + size(batch.labels());
        for (TokenRow row : batch.rows()) {
            ints += size(row.tokens()) + size(row.types()) + size(row.decoder()) + size(row.labels());
        }
        ByteBuffer to = ByteBuffer.allocate(Long.BYTES + Double.BYTES + Integer.BYTES * ints)
                .order(ByteOrder.LITTLE_ENDIAN);
        to.putLong(batch.step()).putInt(batch.part()).putDouble(batch.scale());
        put(to, batch.labels());
        to.putInt(batch.rows().size());
        for (TokenRow row : batch.rows()) {
            put(to, row.tokens());
            put(to, row.types());
            put(to, row.decoder());
            put(to, row.labels());
        }
        return Arrays.copyOf(to.array(), to.position());
    }

    /**
     * Reads what was written.
     *
     * @throws FileFormatException if the bytes are damaged
     */
    static MicroBatch read(byte[] bytes) throws FileFormatException {
        ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long step = from.getLong();
            int part = from.getInt();
            double scale = from.getDouble();
            int[] labels = get(from);
            int count = from.getInt();
            List<TokenRow> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                rows.add(new TokenRow(get(from), get(from), get(from), get(from)));
            }
            boolean fits = labels == null || labels.length == rows.size();
            if (from.hasRemaining() || rows.isEmpty() || step < 0 || part < 0 || !(scale > 0) || !fits) {
                throw new FileFormatException(
                        SOURCE,
                        "is damaged: " + rows.size() + " rows, " + from.remaining() + " bytes left over, step " + step
                                + ", part " + part + ", scale " + scale);
            }
            return new MicroBatch(step, part, scale, rows, labels);
        } catch (BufferUnderflowException | IllegalArgumentException | NullPointerException e) {
            throw new FileFormatException(SOURCE, "is damaged: " + e, e);
        }
    }

    private static int size(int[] values) {
        return 1 + (values == null ? 0 : values.length);
    }

    private static void put(ByteBuffer to, int[] values) {
        to.putInt(values == null ? -1 : values.length);
        if (values != null) {
            for (int value : values) {
                to.putInt(value);
            }
        }
    }

    private static int[] get(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0) {
            return null;
        }
        if (length > from.remaining() / Integer.BYTES) {
            throw new BufferUnderflowException();
        }
        int[] values = new int[length];
        from.asIntBuffer().get(values);
        from.position(from.position() + length * Integer.BYTES);
        return values;
    }
}
