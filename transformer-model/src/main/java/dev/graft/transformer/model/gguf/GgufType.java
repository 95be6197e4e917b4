package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.Dtype;
import dev.graft.transformer.model.weights.Encoding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The types of values in a GGUF file, as ggml defines them: blocks of neighbouring values of a row. */
enum GgufType implements Encoding {
    F32(0, 1, 4) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            into[to] = bytes.getFloat(at);
        }
    },
    F16(1, 1, 2) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            into[to] = half(bytes, at);
        }
    },
    BF16(30, 1, 2) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            into[to] = Float.intBitsToFloat(bytes.getShort(at) << 16);
        }
    },
    /** d (q - 8), q of 4 bits: the low ones of 16 bytes first, then the high ones. */
    Q4_0(2, 32, 18) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            float d = half(bytes, at);
            for (int i = 0; i < 16; i++) {
                int pair = bytes.get(at + 2 + i);
                into[to + i] = ((pair & 15) - 8) * d;
                into[to + 16 + i] = ((pair >> 4 & 15) - 8) * d;
            }
        }
    },
    /** d q + m. */
    Q4_1(3, 32, 20) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            float d = half(bytes, at);
            float m = half(bytes, at + 2);
            for (int i = 0; i < 16; i++) {
                int pair = bytes.get(at + 4 + i);
                into[to + i] = (pair & 15) * d + m;
                into[to + 16 + i] = (pair >> 4 & 15) * d + m;
            }
        }
    },
    /** d q, q a byte. */
    Q8_0(8, 32, 34) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            float d = half(bytes, at);
            for (int i = 0; i < 32; i++) {
                into[to + i] = bytes.get(at + 2 + i) * d;
            }
        }
    },
    /** Eight groups of 32 with factors of 6 bits: (d s) q - (m o). */
    Q4_K(12, 256, 144) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            float d = half(bytes, at);
            float m = half(bytes, at + 2);
            for (int group = 0; group < 8; group++) {
                float scale = d * packed(bytes, at + 4, group, false);
                float offset = m * packed(bytes, at + 4, group, true);
                int from = at + 16 + group / 2 * 32;
                int shift = group % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    into[to + group * 32 + i] = scale * (bytes.get(from + i) >> shift & 15) - offset;
                }
            }
        }
    },
    /** Sixteen groups of 16 with a byte as factor: (d s) (q - 32), q of 4 and 2 bits. */
    Q6_K(14, 256, 210) {
        @Override
        void block(ByteBuffer bytes, int at, float[] into, int to) {
            float d = half(bytes, at + 208);
            for (int group = 0; group < 16; group++) {
                float scale = d * bytes.get(at + 192 + group);
                int half = group / 8; // 128 values
                int quarter = group % 8 / 2; // 32 of them
                int first = group % 2 * 16;
                int low = at + half * 64 + quarter % 2 * 32 + first;
                int high = at + 128 + half * 32 + first;
                for (int i = 0; i < 16; i++) {
                    int q = bytes.get(low + i) >> quarter / 2 * 4 & 15 | (bytes.get(high + i) >> quarter * 2 & 3) << 4;
                    into[to + group * 16 + i] = scale * (q - 32);
                }
            }
        }
    };

    private final int number;
    private final int values;
    private final int bytes;

    GgufType(int number, int values, int bytes) {
        this.number = number;
        this.values = values;
        this.bytes = bytes;
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

    /** One block. */
    abstract void block(ByteBuffer from, int at, float[] into, int to);

    @Override
    public void decode(ByteBuffer from, long first, float[] into, int at, int length) {
        float[] part = null;
        for (int done = 0; done < length; ) {
            long value = first + done;
            int inside = (int) (value % values);
            int start = Math.toIntExact(value / values * bytes);
            if (inside == 0 && length - done >= values) {
                block(from, start, into, at + done);
                done += values;
                continue;
            }
            part = part == null ? new float[values] : part;
            block(from, start, part, 0);
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
