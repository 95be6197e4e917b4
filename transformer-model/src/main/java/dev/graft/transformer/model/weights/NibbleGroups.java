package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.ValueGroups;
import java.nio.ByteBuffer;

/**
 * Numbers of 4 bits, from -8 to 7, in groups of 32 neighbours with a scale: w = q s. A group is its scale as a float and 16
 * bytes: the low halves are the first 16 numbers, the high ones the others.
 */
final class NibbleGroups implements Encoding {
    /** Values of a group. */
    static final int SIZE = 32;

    private static final int HALF = SIZE / 2;
    private static final int BYTES = Float.BYTES + HALF;
    private static final ValueGroups FORM = new ValueGroups(SIZE, 4, true, false);

    /** Bytes of so many values, a whole number of groups. */
    static long bytes(long values) {
        return values / SIZE * BYTES;
    }

    private static int start(long value) {
        return Math.toIntExact(value / SIZE * BYTES);
    }

    /** Rounds a group: its value of the largest magnitude becomes -8. */
    static void write(float[] group, ByteBuffer to, long first) {
        float most = 0;
        for (float value : group) {
            most = Math.abs(value) > Math.abs(most) ? value : most;
        }
        float scale = most / -8;
        int at = start(first);
        to.putFloat(at, scale);
        for (int i = 0; i < HALF; i++) {
            to.put(at + Float.BYTES + i, (byte) (number(group[i], scale) | number(group[i + HALF], scale) << 4));
        }
    }

    /** The number's 4 bits. */
    private static int number(float value, float scale) {
        return scale == 0 ? 0 : (int) Math.max(-8, Math.min(7, Math.rint(value / scale))) & 15;
    }

    @Override
    public void decode(ByteBuffer bytes, long from, float[] into, int at, int length) {
        for (int done = 0; done < length; done++) {
            int block = start(from + done);
            into[at + done] = number(bytes, block, (int) ((from + done) % SIZE)) * bytes.getFloat(block);
        }
    }

    private static int number(ByteBuffer bytes, int block, int inside) {
        int pair = bytes.get(block + Float.BYTES + inside % HALF);
        return inside < HALF ? pair << 28 >> 28 : pair >> 4;
    }

    @Override
    public ValueGroups groups() {
        return FORM;
    }

    @Override
    public void split(
            ByteBuffer bytes, long from, int length, byte[] numbers, int to, float[] scales, float[] offsets) {
        for (int done = 0; done < length; done += SIZE) {
            int block = start(from + done);
            scales[(to + done) / SIZE] = bytes.getFloat(block);
            for (int i = 0; i < SIZE; i++) {
                numbers[to + done + i] = (byte) number(bytes, block, i);
            }
        }
    }
}
