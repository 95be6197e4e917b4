package dev.graft.transformer.model.gguf;

import dev.graft.autograd.memory.ValueGroups;
import dev.graft.peft.spi.file.Dtype;
import dev.graft.transformer.model.weights.Encoding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The types of values in a GGUF file, as ggml defines them: blocks of neighbouring values of a row. */
enum GgufType implements Encoding {
    F32(0, 1, 4) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to, Parts parts) {
            into[to] = bytes.getFloat(at);
        }
    },
    F16(1, 1, 2) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to, Parts parts) {
            into[to] = half(bytes, at);
        }
    },
    BF16(30, 1, 2) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to, Parts parts) {
            into[to] = Float.intBitsToFloat(bytes.getShort(at) << 16);
        }
    },
    /** d (q - 8), q of 4 bits: the low ones of 16 bytes first, then the high ones. */
    Q4_0(2, 32, 18, new ValueGroups(32, 4, true, false)) {
        @Override
        void split(ByteBuffer bytes, int at, byte[] numbers, int to, float[] scales, float[] offsets) {
            scales[to / 32] = half(bytes, at);
            for (int i = 0; i < 16; i++) {
                int pair = bytes.get(at + 2 + i);
                numbers[to + i] = (byte) ((pair & 15) - 8);
                numbers[to + 16 + i] = (byte) ((pair >> 4 & 15) - 8);
            }
        }
    },
    /** d q + m. */
    Q4_1(3, 32, 20, new ValueGroups(32, 4, false, true)) {
        @Override
        void split(ByteBuffer bytes, int at, byte[] numbers, int to, float[] scales, float[] offsets) {
            scales[to / 32] = half(bytes, at);
            offsets[to / 32] = half(bytes, at + 2);
            for (int i = 0; i < 16; i++) {
                int pair = bytes.get(at + 4 + i);
                numbers[to + i] = (byte) (pair & 15);
                numbers[to + 16 + i] = (byte) (pair >> 4 & 15);
            }
        }
    },
    /** d q, q a byte. */
    Q8_0(8, 32, 34, new ValueGroups(32, 8, true, false)) {
        @Override
        void split(ByteBuffer bytes, int at, byte[] numbers, int to, float[] scales, float[] offsets) {
            scales[to / 32] = half(bytes, at);
            bytes.get(at + 2, numbers, to, 32);
        }
    },
    /** Eight groups of 32 with factors of 6 bits: (d s) q - (m o). */
    Q4_K(12, 256, 144, new ValueGroups(32, 4, false, true)) {
        @Override
        void split(ByteBuffer bytes, int at, byte[] numbers, int to, float[] scales, float[] offsets) {
            float d = half(bytes, at);
            float m = half(bytes, at + 2);
            for (int group = 0; group < 8; group++) {
                scales[to / 32 + group] = d * packed(bytes, at + 4, group, false);
                offsets[to / 32 + group] = -m * packed(bytes, at + 4, group, true);
                int from = at + 16 + group / 2 * 32;
                int shift = group % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    numbers[to + group * 32 + i] = (byte) (bytes.get(from + i) >> shift & 15);
                }
            }
        }
    },
    /** Sixteen groups of 16 with a byte as factor: (d s) (q - 32), q of 4 and 2 bits. */
    Q6_K(14, 256, 210, new ValueGroups(16, 8, true, false)) {
        @Override
        void split(ByteBuffer bytes, int at, byte[] numbers, int to, float[] scales, float[] offsets) {
            float d = half(bytes, at + 208);
            for (int group = 0; group < 16; group++) {
                scales[to / 16 + group] = d * bytes.get(at + 192 + group);
                int half = group / 8; // 128 values
                int quarter = group % 8 / 2; // 32 of them
                int first = group % 2 * 16;
                int low = at + half * 64 + quarter % 2 * 32 + first;
                int high = at + 128 + half * 32 + first;
                for (int i = 0; i < 16; i++) {
                    int q = bytes.get(low + i) >> quarter / 2 * 4 & 15 | (bytes.get(high + i) >> quarter * 2 & 3) << 4;
                    numbers[to + group * 16 + i] = (byte) (q - 32);
                }
            }
        }
    };

    private final int number;
    private final int values;
    private final int bytes;
    private final ValueGroups groups;

    GgufType(int number, int values, int bytes) {
        this(number, values, bytes, null);
    }

    GgufType(int number, int values, int bytes, ValueGroups groups) {
        this.number = number;
        this.values = values;
        this.bytes = bytes;
        this.groups = groups;
    }

    /** A block as numbers, scales and offsets. */
    private static final class Parts {
        private final byte[] numbers;
        private final float[] scales;
        private final float[] offsets;

        Parts(int values, int size) {
            numbers = new byte[values];
            scales = new float[values / size];
            offsets = new float[values / size];
        }
    }

    /** The type of this number, or null. */
    static GgufType numbered(int number) {
        return Arrays.stream(values())
                .filter(type -> type.number == number)
                .findFirst()
                .orElse(null);
    }

    static String known() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** Values of a block. */
    int blockValues() {
        return values;
    }

    /** Bytes of a block. */
    int blockBytes() {
        return bytes;
    }

    /** True for fewer bits than a half. */
    boolean isQuantised() {
        return values > 1;
    }

    /** One block; of quantised values through its parts. */
    void block(ByteBuffer from, int at, float[] into, int to, Parts parts) {
        split(from, at, parts.numbers, 0, parts.scales, parts.offsets);
        int size = groups.size();
        for (int group = 0; group < parts.scales.length; group++) {
            float scale = parts.scales[group];
            float offset = parts.offsets[group];
            for (int i = group * size; i < (group + 1) * size; i++) {
                into[to + i] = parts.numbers[i] * scale + offset;
            }
        }
    }

    /** One block of quantised values as it is; see {@link Encoding#split}. */
    void split(ByteBuffer from, int at, byte[] numbers, int to, float[] scales, float[] offsets) {
        throw new IllegalStateException(this + " has no groups");
    }

    @Override
    public ValueGroups groups() {
        return groups;
    }

    @Override
    public void split(
            ByteBuffer from, long first, int length, byte[] numbers, int to, float[] scales, float[] offsets) {
        if (groups.size() == values) {
            for (int done = 0; done < length; done += values) {
                split(from, Math.toIntExact((first + done) / values * bytes), numbers, to + done, scales, offsets);
            }
            return;
        }
        Parts parts = new Parts(values, groups.size()); // a run may begin or end inside a block of several groups
        for (int done = 0; done < length; ) {
            int inside = (int) ((first + done) % values);
            split(
                    from,
                    Math.toIntExact((first + done) / values * bytes),
                    parts.numbers,
                    0,
                    parts.scales,
                    parts.offsets);
            int run = Math.min(values - inside, length - done);
            System.arraycopy(parts.numbers, inside, numbers, to + done, run);
            int group = (to + done) / groups.size();
            System.arraycopy(parts.scales, inside / groups.size(), scales, group, run / groups.size());
            if (groups.shifted()) {
                System.arraycopy(parts.offsets, inside / groups.size(), offsets, group, run / groups.size());
            }
            done += run;
        }
    }

    @Override
    public void decode(ByteBuffer from, long first, float[] into, int at, int length) {
        float[] part = null;
        Parts parts = groups == null ? null : new Parts(values, groups.size());
        for (int done = 0; done < length; ) {
            long value = first + done;
            int inside = (int) (value % values);
            int start = Math.toIntExact(value / values * bytes);
            if (inside == 0 && length - done >= values) {
                block(from, start, into, at + done, parts);
                done += values;
                continue;
            }
            part = part == null ? new float[values] : part;
            block(from, start, part, 0, parts);
            int run = Math.min(values - inside, length - done);
            System.arraycopy(part, inside, into, at + done, run);
            done += run;
        }
    }

    private static float half(ByteBuffer bytes, int at) {
        return Dtype.half(bytes.getShort(at));
    }

    /** A factor or an offset of Q4_K: 6 bits, of the later four groups 4 and 2. */
    private static int packed(ByteBuffer bytes, int at, int group, boolean offset) {
        int other = offset ? 4 : 0;
        if (group < 4) {
            return bytes.get(at + group + other) & 63;
        }
        int low = bytes.get(at + group + 4) >> other & 15;
        return low | (bytes.get(at + group - 4 + other) >> 6 & 3) << 4;
    }
}
