package dev.graft.autograd.kernel;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import org.bytedeco.dnnl.memory;

/**
 * Rows of floats as four rows of bytes each, the digits of their values in base 128 beside the row's largest value: what
 * they leave out is below 2^-28 of that, less than a float of its size has bits for.
 */
final class ByteDigits implements AutoCloseable {
    /** Digits of a value. */
    static final int PARTS = 4;

    private static final float BASE = 128f;

    /** The first digit is from -64 to 64, and what it leaves is half of one at most; so it goes on. */
    private static final float FIRST = 64f;

    /** Added and taken away again, it leaves a small float rounded to the nearest whole number. */
    private static final float ROUND = 3 << 22;

    /** Rows of smaller values count as zero: the factor that brings them to size would be infinite. */
    private static final float LEAST = 0x1p-100f;

    private static final int BYTES = 21;

    private final OneDnn dnn;
    private final Scratch bytes = new Scratch();
    private Storage floats;
    private float[] row = new float[0];
    private float[] digits = new float[0];

    ByteDigits(OneDnn dnn) {
        this.dnn = dnn;
    }

    /**
     * Splits rows.
     *
     * @param a [rows, width]
     * @param sum [rows, 4 rows], gets what the product of each part's row counts in each row
     * @return address of the digits, valid until the next ones: all first ones of all rows, then all second ones, ...
     */
    long split(Tensor a, Tensor sum) {
        int rows = (int) a.size(0);
        int width = (int) a.size(1);
        int length = PARTS * rows * width;
        if (floats == null || floats.floats() < length) {
            closeFloats();
            floats = Storage.allocate(length);
        }
        if (row.length < width) {
            row = new float[width];
            digits = new float[width];
        }
        for (int i = 0; i < sum.length(); i++) {
            sum.buffer().put(i, 0f);
        }
        for (int i = 0; i < rows; i++) {
            a.buffer().get(a.offset() + i * (int) a.stride(0), row, 0, width);
            float most = largest(width);
            float factor = most < LEAST ? 0 : FIRST / most; // NaN stays NaN
            scale(width, factor);
            float counts = most / FIRST;
            for (int part = 0; part < PARTS; part++) {
                int place = part * rows + i;
                next(width);
                floats.buffer().put(place * width, digits, 0, width);
                sum.buffer().put(i * PARTS * rows + place, counts);
                counts /= BASE;
            }
        }
        long to = bytes.address((length + Float.BYTES - 1) / Float.BYTES);
        dnn.run(
                new Signature(BYTES).add(length),
                () -> dnn.reorder(OneDnn.dense(length), vector(length)),
                Tensor.over(floats, 0, 1).address(),
                to);
        return to;
    }

    private static memory.desc vector(long length) {
        return new memory.desc(new long[] {length}, memory.data_type.s8, new long[] {1});
    }

    private float largest(int width) {
        float most = 0;
        for (int j = 0; j < width; j++) {
            most = Math.max(most, Math.abs(row[j]));
        }
        return most;
    }

    private void scale(int width, float factor) {
        for (int j = 0; j < width; j++) {
            row[j] *= factor;
        }
    }

    /** The next digit of each value; what is left is brought to the same size. */
    private void next(int width) {
        for (int j = 0; j < width; j++) {
            float whole = row[j] + ROUND - ROUND;
            digits[j] = whole; // made a byte by oneDNN: Java's compiler would do it one by one
            row[j] = (row[j] - whole) * BASE;
        }
    }

    private void closeFloats() {
        if (floats != null) {
            floats.close();
            floats = null;
        }
    }

    @Override
    public void close() {
        closeFloats();
        bytes.close();
    }
}
