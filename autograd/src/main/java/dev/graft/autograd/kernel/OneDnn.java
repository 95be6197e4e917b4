package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import dev.graft.autograd.memory.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.fpmath_mode;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;

/** One thread's oneDNN engine and its cache of compiled primitives; the least recently used leave it. */
final class OneDnn implements AutoCloseable {
    /** Compiled primitives of one thread; each takes up to half a megabyte. */
    private static final int CACHED = 1024;

    private final MathMode math;
    final engine engine = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
    private final stream stream = new stream(engine);
    private final Map<Signature, OneDnnPrimitive> cache = new LinkedHashMap<>(256, 0.75f, true);

    OneDnn(MathMode math) {
        this.math = math;
    }

    /** Runs the primitive of this signature, compiling it at its first use. */
    void run(Signature signature, Supplier<OneDnnPrimitive> compile, long... addresses) {
        OneDnnPrimitive primitive = cache.get(signature);
        if (primitive == null) {
            primitive = compile.get();
            cache.put(signature, primitive);
            evict();
        }
        primitive.run(stream, addresses);
    }

    /** Runs a primitive that is not worth keeping. */
    void run(OneDnnPrimitive primitive, long... addresses) {
        primitive.run(stream, addresses);
    }

    MathMode math() {
        return math;
    }

    private void evict() {
        if (cache.size() > CACHED) {
            var eldest = cache.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
    }

    /** oneDNN's description of a tensor as it lies in memory. */
    static memory.desc layout(Tensor tensor) {
        return new memory.desc(tensor.shape(), memory.data_type.f32, tensor.strides());
    }

    /** oneDNN's description of a dense tensor. */
    static memory.desc dense(long... shape) {
        return new memory.desc(shape, memory.data_type.f32, dev.graft.autograd.memory.Shapes.dense(shape));
    }

    /** oneDNN's description of dense bf16 values. */
    static memory.desc half(long rows, long width) {
        return new memory.desc(new long[] {rows, width}, memory.data_type.bf16, new long[] {width, 1});
    }

    /** Number of the argument that a binary operation, about to be appended, reads. */
    static int postOperation(post_ops operations) {
        return DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (operations.len() + 1) | DNNL_ARG_SRC_1;
    }

    /** Attributes that all primitives share: the same bits at every run, and the math mode. */
    primitive_attr attributes() {
        primitive_attr attributes = new primitive_attr();
        attributes.set_deterministic(true);
        if (math == MathMode.BF16) {
            attributes.set_fpmath_mode(fpmath_mode.bf16, false);
        }
        return attributes;
    }

    @Override
    public void close() {
        cache.values().forEach(OneDnnPrimitive::close);
        cache.clear();
        stream.close();
        engine.close();
    }
}
