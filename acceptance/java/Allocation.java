import com.sun.management.ThreadMXBean;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.NamedShapes;
import dev.graft.transformer.model.Workers;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Generates tokens on SmolLM2's shape with random weights and prints as JSON what a token allocates on the heap of the
 * thread that generates, and what JavaCPP holds more outside it, behind the first tokens: the mean, and the least, which
 * is that of tokens for which no kernel is compiled.
 */
public final class Allocation {
    private static final int WARM_UP = 200;
    private static final int TOKENS = 100;

    public static void main(String[] args) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] heap = new long[WARM_UP + TOKENS + 1];
        long[] outside = new long[heap.length];
        int[] count = {0};
        try (BaseModel base = BaseModel.random(NamedShapes.get("smollm2"), 0, BaseDtype.named(args[0]));
                Workers workers = new Workers(MathMode.FP32, 1)) {
            int[] prompt = new int[16];
            Arrays.fill(prompt, 7);
            new Generator(base, workers)
                    .generate(
                            List.of(prompt),
                            Collections.singletonList((Adapter) null),
                            Generator.Options.endless(heap.length),
                            (text, token, logits) -> {
                                heap[count[0]] = threads.getThreadAllocatedBytes(
                                        Thread.currentThread().getId());
                                outside[count[0]++] = Pointer.totalBytes();
                                return true;
                            });
        }
        long[] each = new long[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            each[i] = heap[WARM_UP + i + 1] - heap[WARM_UP + i];
        }
        System.out.println("{\"heap_bytes_a_token\":" + Arrays.stream(each).sum() / TOKENS + ",\"least\":"
                + Arrays.stream(each).min().getAsLong() + ",\"outside_bytes_a_token\":"
                + (outside[WARM_UP + TOKENS] - outside[WARM_UP]) / TOKENS + "}");
    }
}
