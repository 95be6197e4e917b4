package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;

/** What follows a product, as operations that oneDNN fuses behind it: their arguments stand in one order everywhere. */
final class OneDnnEpilogue {
    /** a, b and the result, then bias, mask and addend where they are there. */
    private static final int MOST_ARGUMENTS = 6;

    private OneDnnEpilogue() {}

    /** Adds to a signature what follows the product. */
    static Signature describe(Signature signature, Epilogue epilogue) {
        return signature
                .add(epilogue.bias())
                .add(epilogue.addend())
                .add(Float.floatToRawIntBits(epilogue.factor()))
                .add(epilogue.mask() == null ? 0 : 1)
                .add(epilogue.function() == null ? -1 : epilogue.function().ordinal())
                .add(epilogue.accumulate() ? 1 : 0);
    }

    /** How many arguments are there. */
    static int count(Epilogue epilogue) {
        return 3
                + (epilogue.bias() == null ? 0 : 1)
                + (epilogue.mask() == null ? 0 : 1)
                + (epilogue.addend() == null ? 0 : 1);
    }

    /** The addresses of all arguments. */
    static long[] addresses(Epilogue epilogue, long a, long b, long out) {
        long bias = epilogue.bias() == null ? 0 : epilogue.bias().address();
        long mask = epilogue.mask() == null ? 0 : epilogue.mask().address();
        long addend = epilogue.addend() == null ? 0 : epilogue.addend().address();
        return inOrder(epilogue, a, b, out, bias, mask, addend);
    }

    /** One number for each argument that is there, in their order; zeros behind. */
    static long[] inOrder(Epilogue epilogue, long a, long b, long out, long bias, long mask, long addend) {
        long[] numbers = new long[MOST_ARGUMENTS];
        numbers[0] = a;
        numbers[1] = b;
        numbers[2] = out;
        int n = 3;
        if (epilogue.bias() != null) {
            numbers[n++] = bias;
        }
        if (epilogue.mask() != null) {
            numbers[n++] = mask;
        }
        if (epilogue.addend() != null) {
            numbers[n] = addend;
        }
        return numbers;
    }

    /**
     * Appends the operations and their arguments.
     *
     * @param target the result, as the product is computed
     * @param addend in the shape of the target, or null
     */
    static void append(Epilogue epilogue, Tensor target, Tensor addend, post_ops operations, List<Argument> arguments) {
        if (epilogue.bias() != null) {
            arguments.add(new Argument(DNNL_ARG_BIAS, biasLayout(target)));
        }
        if (epilogue.function() != null) {
            OneDnnActivation.append(epilogue.function(), operations);
        }
        if (epilogue.mask() != null) {
            memory.desc bytes = new memory.desc(target.shape(), memory.data_type.u8, target.strides());
            arguments.add(new Argument(OneDnn.postOperation(operations), bytes));
            operations.append_binary(algorithm.binary_mul, bytes);
        }
        if (epilogue.factor() != 1f) {
            operations.append_eltwise(algorithm.eltwise_linear, epilogue.factor(), 0f);
        }
        if (epilogue.accumulate()) {
            operations.append_sum();
        }
        if (addend != null) {
            memory.desc layout = OneDnn.layout(addend);
            arguments.add(new Argument(OneDnn.postOperation(operations), layout));
            operations.append_binary(algorithm.binary_add, layout);
        }
    }

    /** A bias of [columns] seen with as many dimensions as the result: [1, ..., columns]. */
    private static memory.desc biasLayout(Tensor out) {
        long[] shape = new long[out.rank()];
        Arrays.fill(shape, 1);
        shape[shape.length - 1] = out.size(-1);
        return OneDnn.dense(shape);
    }
}
