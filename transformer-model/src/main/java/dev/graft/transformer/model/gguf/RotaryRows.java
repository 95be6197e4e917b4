package dev.graft.transformer.model.gguf;

import dev.graft.autograd.memory.ValueGroups;
import dev.graft.transformer.model.weights.Encoding;
import java.nio.ByteBuffer;

/**
 * Rows of queries and keys as llama.cpp stores those of LLaMA, read in Hugging Face's order. Rotary positions turn
 * pairs of features: there the two of a pair lie side by side, here half a head apart.
 *
 * @param encoding of the values
 * @param head features of a head
 * @param width values of a row
 */
record RotaryRows(Encoding encoding, int head, int width) implements Encoding {
    @Override
    public void decode(ByteBuffer bytes, long from, float[] into, int at, int length) {
        for (int done = 0; done < length; ) {
            long row = (from + done) / width;
            int column = (int) ((from + done) % width);
            int run = Math.min(length - done, width - column);
            encoding.decode(bytes, stored(row) * width + column, into, at + done, run);
            done += run;
        }
    }

    @Override
    public ValueGroups groups() {
        return encoding.groups();
    }

    @Override
    public void split(
            ByteBuffer bytes, long from, int length, byte[] numbers, int to, float[] scales, float[] offsets) {
        for (int done = 0; done < length; ) {
            int column = (int) ((from + done) % width);
            int run = Math.min(length - done, width - column);
            long first = stored((from + done) / width) * width + column;
            encoding.split(bytes, first, run, numbers, to + done, scales, offsets);
            done += run;
        }
    }

    /** Row 2 i + j of a head there is row j head / 2 + i of it here. */
    private long stored(long row) {
        long start = row / head * head;
        long inside = row - start;
        return start + inside % (head / 2) * 2 + inside / (head / 2);
    }
}
