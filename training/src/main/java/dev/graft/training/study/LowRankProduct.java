package dev.graft.training.study;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A step over one LoRA product with random values, written in either way.
 *
 * @param math how products are computed
 * @param in inputs
 * @param out outputs
 * @param rank of B A
 * @param rows of X
 */
record LowRankProduct(MathMode math, int in, int out, int rank, int rows) {
    /**
     * What came out.
     *
     * @param multiplyAdds of one step
     * @param millis of one step, median
     * @param bytes that the step's values took
     * @param gradients of A, then of B
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Found(long multiplyAdds, double millis, long bytes, float[] gradients) {
        /** The largest difference of a gradient's element, by the largest element. */
        double difference(Found other) {
            double difference = 0;
            double largest = 0;
            for (int i = 0; i < gradients.length; i++) {
                difference = Math.max(difference, Math.abs(gradients[i] - other.gradients[i]));
                largest = Math.max(largest, Math.abs(other.gradients[i]));
            }
            return difference / largest;
        }
    }

    /** In words. */
    String text() {
        return rows + " x " + in + " x " + out + ", r=" + rank;
    }

    Map<String, Object> what() {
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("rows", rows);
        what.put("in", in);
        what.put("out", out);
        what.put("rank", rank);
        return what;
    }

    /** Multiply-adds of a step: forward, the gradients of X, and those of A and B. */
    long formula(boolean whole) {
        long n = rows;
        long d = in;
        long k = out;
        long r = rank;
        return whole ? 3 * n * d * k + 3 * r * d * k : 2 * n * d * k + 3 * n * r * (d + k);
    }

    /** Does steps; with {@code whole} the weight W0 + B A is made. */
    Found run(boolean whole, int repeats) {
        AtomicLong count = new AtomicLong();
        double[] millis = new double[repeats];
        float[] gradients = null;
        try (Values values = new Values(this);
                Compute compute = Compute.open(math, 1, kernels -> new CountingKernels(kernels, count))) {
            for (int i = -2; i < repeats; i++) { // two that are not timed: kernels are compiled and weights packed
                count.set(0);
                long begin = System.nanoTime();
                gradients = step(compute, values, whole);
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - begin) / 1e6;
                }
            }
            Arrays.sort(millis);
            return new Found(count.get(), millis[repeats / 2], compute.arena().most() * Float.BYTES, gradients);
        }
    }

    private static float[] step(Compute compute, Values values, boolean whole) {
        try (Tape tape = new Tape(compute, true)) {
            Var x = tape.leaf(values.x);
            Var a = tape.leaf(values.a);
            Var b = tape.leaf(values.b);
            Var weight = tape.constant(values.weight);
            // [out, rank] [rank, in] -> [out, in], or [rows, in] [in, rank] -> [rows, rank]
            Var y = whole
                    ? x.linear(weight.add(b.matmul(a)), null)
                    : x.linear(weight, null).addProduct(x.linear(a, null), b, 1);
            tape.backward(y.multiply(tape.constant(values.slope)).sum());
            float[] first = tape.gradient(a).toArray();
            float[] second = tape.gradient(b).toArray();
            float[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
        }
    }

    /** The factors, of about unit size, and the gradient of Y. */
    private static final class Values implements AutoCloseable {
        private final Storage memory;
        private final Storage frozen;
        final Tensor x;
        final Tensor weight;
        final Tensor a;
        final Tensor b;
        final Tensor slope;

        Values(LowRankProduct size) {
            long weights = (long) size.in * size.out;
            long xs = (long) size.rows * size.in;
            long as = (long) size.rank * size.in;
            long bs = (long) size.out * size.rank;
            long slopes = (long) size.rows * size.out;
            memory = Storage.allocate(weights + xs + as + bs + slopes);
            frozen = memory.frozen();
            fill(Tensor.over(memory, 0, weights), "weight", 1 / Math.sqrt(size.in));
            weight = Tensor.over(frozen, 0, size.out, size.in);
            x = fill(Tensor.over(memory, weights, size.rows, size.in), "x", 1);
            a = fill(Tensor.over(memory, weights + xs, size.rank, size.in), "a", 1 / Math.sqrt(size.in));
            b = fill(Tensor.over(memory, weights + xs + as, size.out, size.rank), "b", 1 / Math.sqrt(size.rank));
            slope = fill(Tensor.over(memory, weights + xs + as + bs, size.rows, size.out), "slope", 1);
        }

        private static Tensor fill(Tensor tensor, String name, double size) {
            CounterRandom random = new CounterRandom(0).with(name);
            float[] values = new float[(int) tensor.length()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (size * random.gaussian(i));
            }
            Tiles.write(values, tensor);
            return tensor;
        }

        @Override
        public void close() {
            frozen.close();
            memory.close();
        }
    }
}
