package dev.graft.autograd.kernel;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import dev.graft.autograd.kernel.OneDnnPrimitive.Argument;
import dev.graft.autograd.memory.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl.fpmath_mode;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;

/** One thread's oneDNN engine and its cache of compiled primitives; the least recently used leave it. */
final class OneDnn implements AutoCloseable {
    /** Compiled primitives of one thread; each takes up to half a megabyte. */
    private static final int CACHED = 1024;

    private final MathMode math;
    final engine engine = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
    private final stream stream = new stream(engine);
    private final dnnl_stream queue = stream.get(); // a new object at each call
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
        primitive.run(queue, addresses);
    }

    /** Runs a primitive that is not worth keeping. */
    void run(OneDnnPrimitive primitive, long... addresses) {
        primitive.run(queue, addresses);
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

    /** A primitive that copies from one layout or type to another. */
    OneDnnPrimitive reorder(memory.desc from, memory.desc to) {
        try (primitive_attr attributes = new primitive_attr();
                var description = new reorder.primitive_desc(engine, from, engine, to, attributes, false)) {
            return new OneDnnPrimitive(
                    engine, new reorder(description), new Argument(DNNL_ARG_FROM, from), new Argument(DNNL_ARG_TO, to));
        }
    }

    /** The layout of a weight [k, n] that products of so many rows read fastest. */
    memory.desc packedLayout(long rows, long k, long n, memory.data_type type) {
        memory.desc a = new memory.desc(new long[] {rows, k}, type, new long[] {k, 1});
        memory.desc any = new memory.desc(new long[] {k, n}, type, memory.format_tag.any);
        try (primitive_attr attributes = attributes();
                var description = new matmul.primitive_desc(engine, a, any, dense(rows, n), attributes, false)) {
            return description.weights_desc();
        }
    }

    /**
     * A product.
     *
     * @param arguments a, b, the result, then the bias where there is one, then what the attributes read
     * @param passes what is added to the addresses at each pass; none for one pass
     */
    OneDnnPrimitive product(List<Argument> arguments, boolean biased, primitive_attr attributes, long[]... passes) {
        memory.desc a = arguments.get(0).layout();
        memory.desc b = arguments.get(1).layout();
        memory.desc out = arguments.get(2).layout();
        try (matmul.primitive_desc description = biased
                ? new matmul.primitive_desc(engine, a, b, arguments.get(3).layout(), out, attributes, false)
                : new matmul.primitive_desc(engine, a, b, out, attributes, false)) {
            Argument[] all = arguments.toArray(Argument[]::new);
            matmul compiled = new matmul(description);
            return passes.length == 0
                    ? new OneDnnPrimitive(engine, compiled, all)
                    : new OneDnnPrimitive(engine, compiled, passes, all);
        }
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
