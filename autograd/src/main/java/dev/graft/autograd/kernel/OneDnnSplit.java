package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;

/**
 * Splits floats into three bf16 values whose sum they are: 8 of the 24 bits of a significand each, the highest first.
 * What an earlier part leaves is exact in fp32, so nothing but values below 2^-110 loses bits.
 */
final class OneDnnSplit {
    /** Parts of a float. */
    static final int PARTS = 3;

    private static final int HIGH = 13;
    private static final int MIDDLE = 14;
    private static final int LOW = 15;

    /** Floats at a time: they and their parts stay in a core's cache from the first part to the last. */
    private static final long PIECE = 96 << 10;

    private final OneDnn dnn;

    OneDnnSplit(OneDnn dnn) {
        this.dnn = dnn;
    }

    /**
     * Splits dense floats.
     *
     * @param floats address of what is split
     * @param length how many floats
     * @param parts address of the parts: all first ones, all second ones, all third ones
     */
    void run(long floats, long length, long parts) {
        for (long done = 0; done < length; done += PIECE) {
            long n = Math.min(PIECE, length - done);
            long from = floats + done * Float.BYTES;
            long high = parts + done * Short.BYTES;
            long middle = high + length * Short.BYTES;
            long low = middle + length * Short.BYTES;
            dnn.run(
                    new Signature(HIGH).add(n),
                    () -> dnn.reorder(vector(n, memory.data_type.f32), vector(n, memory.data_type.bf16)),
                    from,
                    high);
            dnn.run(new Signature(MIDDLE).add(n), () -> rest(n, false), high, from, middle);
            dnn.run(new Signature(LOW).add(n), () -> rest(n, true), high, from, low, middle);
        }
    }

    /** x - high, or x - high - middle; computed as -(high - x) since the first factor and the result share a type. */
    private OneDnnPrimitive rest(long n, boolean lowest) {
        memory.desc whole = vector(n, memory.data_type.f32);
        memory.desc part = vector(n, memory.data_type.bf16);
        Argument[] arguments = new Argument[lowest ? 4 : 3];
        arguments[0] = new Argument(DNNL_ARG_SRC_0, part);
        arguments[1] = new Argument(DNNL_ARG_SRC_1, whole);
        arguments[2] = new Argument(DNNL_ARG_DST, part);
        try (post_ops operations = new post_ops();
                primitive_attr attributes = dnn.attributes()) {
            if (lowest) {
                arguments[3] = new Argument(OneDnn.postOperation(operations), part);
                operations.append_binary(algorithm.binary_add, part);
            }
            operations.append_eltwise(algorithm.eltwise_linear, -1f, 0f);
            attributes.set_post_ops(operations);
            try (var description =
                    new binary.primitive_desc(dnn.engine, algorithm.binary_sub, part, whole, part, attributes, false)) {
                return new OneDnnPrimitive(dnn.engine, new binary(description), arguments);
            }
        }
    }

    private static memory.desc vector(long n, memory.data_type type) {
        return new memory.desc(new long[] {n}, type, new long[] {1});
    }
}
