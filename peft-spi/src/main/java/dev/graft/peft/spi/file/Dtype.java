package dev.graft.peft.spi.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The element types of a safetensors file. */
public enum Dtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E4M3(1),
    F8_E5M2(1),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True if Graft computes with it: F32 as it is, F64, F16 and BF16 converted to F32. */
    public boolean isFloat() {
        return ordinal() <= BF16.ordinal();
    }

    /** The type of this name, or null. */
    static Dtype named(String name) {
        return Arrays.stream(values())
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    static String known() {
        return Arrays.stream(values()).map(Dtype::name).collect(Collectors.joining(", "));
    }

    /**
     * Converts elements to floats; F16 and BF16 exactly, F64 to the nearest float.
     *
     * @param from little-endian elements of this type
     * @param index of the first element, counted in elements
     * @param length number of elements, written to {@code into} from 0
     */
    public void decode(ByteBuffer from, int index, float[] into, int length) {
        decode(from, index, into, 0, length);
    }

    /**
     * Converts elements to floats; F16 and BF16 exactly, F64 to the nearest float.
     *
     * @param from little-endian elements of this type
     * @param index of the first element, counted in elements
     * @param into gets the floats
     * @param at where the first float goes
     * @param length number of elements
     */
    public void decode(ByteBuffer from, int index, float[] into, int at, int length) {
        ByteBuffer run = from.slice(index * bytes, length * bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (this) {
            case F32 -> run.asFloatBuffer().get(into, at, length);
            case F64 -> {
                for (int i = 0; i < length; i++) {
                    into[at + i] = (float) run.getDouble(i * 8);
                }
            }
            case BF16 -> {
                for (int i = 0; i < length; i++) {
                    into[at + i] = Float.intBitsToFloat(run.getShort(i * 2) << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < length; i++) {
                    into[at + i] = half(run.getShort(i * 2));
                }
            }
            default -> throw new IllegalStateException(this + " is not a type to compute with");
        }
    }

    /** The float that an IEEE half is. */
    public static float half(short half) {
        int sign = (half & 0x8000) << 16;
        int rest = half & 0x7fff;
        if (rest >= 0x7c00) {
            return Float.intBitsToFloat(sign | 0x7f800000 | (rest & 0x3ff) << 13);
        }
        if (rest >= 0x400) {
            return Float.intBitsToFloat(sign | (rest << 13) + (112 << 23));
        }
        float small = rest * 0x1p-24f;
        return sign == 0 ? small : -small;
    }
}
