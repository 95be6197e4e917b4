package dev.graft.transformer.model.weights;

import java.nio.ByteBuffer;

/** Bytes with a factor a row: w = q s, q from -128 to 127. */
final class RowScales implements Encoding {
    private final float[] scales;
    private final int width;

    RowScales(float[] scales, int width) {
        this.scales = scales;
        this.width = width;
    }

    /** The factors; not to be changed. */
    float[] scales() {
        return scales;
    }

    @Override
    public void decode(ByteBuffer bytes, long from, float[] into, int at, int length) {
        for (int done = 0; done < length; ) {
            int row = (int) ((from + done) / width);
            int column = (int) ((from + done) % width);
            int run = Math.min(length - done, width - column);
            float scale = scales[row];
            int first = Math.toIntExact(from + done);
            for (int i = 0; i < run; i++) {
                into[at + done + i] = bytes.get(first + i) * scale;
            }
            done += run;
        }
    }
}
