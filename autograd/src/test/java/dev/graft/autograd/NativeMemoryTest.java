package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Seed;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A long run needs the memory of a short one: native memory is flat over 10,000 steps. */
class NativeMemoryTest {
    private static final int STEPS = 10_000;
    private static final int WARM = 50;
    private static final int WIDTH = 16;

    private final Random random = Seed.random("native memory");

    @ParameterizedTest
    @EnumSource(MathMode.class)
    void isFlatOverTenThousandSteps(MathMode math) {
        Random lengths = new Random(1);
        try (Compute compute = Compute.open(math, 1);
                Layer layer = new Layer()) {
            long capacity = 0;
            long bytes = 0;
            for (int step = 0; step < STEPS; step++) {
                layer.step(compute, 2 + lengths.nextInt(6), step);
                assertTrue(compute.arena().empty(), "step " + step + " left a block");
                if (step == WARM) { // every length was seen
                    System.gc();
                    capacity = compute.arena().capacity();
                    bytes = Pointer.totalBytes();
                }
            }
            System.gc();
            assertEquals(capacity, compute.arena().capacity(), "floats of the arena");
            long grown = Pointer.totalBytes() - bytes;
            assertTrue(grown <= STEPS, "native memory grew by " + grown + " bytes in " + STEPS + " steps");
        }
    }

    /** One block of a Transformer, trained by its query weight and a norm. */
    private final class Layer implements AutoCloseable {
        private final Storage weights = Storage.allocate(10L * WIDTH * WIDTH);
        private final Storage frozen = weights.frozen();
        private final Storage trained = Storage.allocate(WIDTH * WIDTH + 2 * WIDTH);
        private final Storage gradient = Storage.allocate(WIDTH * WIDTH);

        Layer() {
            weights.buffer().put(0, Seed.normal(random, weights.floats()));
            trained.buffer().put(0, Seed.normal(random, trained.floats()));
        }

        private Var weight(Tape tape, int number) {
            return tape.constant(Tensor.over(frozen, (long) number * WIDTH * WIDTH, WIDTH, WIDTH));
        }

        void step(Compute compute, int rows, int seed) {
            CounterRandom mask = new CounterRandom(seed);
            try (Tape tape = new Tape(compute, true)) {
                Var query = tape.leaf(Tensor.over(trained, 0, WIDTH, WIDTH), Tensor.over(gradient, 0, WIDTH, WIDTH));
                Var scale = tape.leaf(Tensor.over(trained, WIDTH * WIDTH, WIDTH));
                Var shift = tape.leaf(Tensor.over(trained, WIDTH * WIDTH + WIDTH, WIDTH));
                Var x = tape.constant(Seed.normal(new Random(seed), (long) rows * WIDTH), rows, WIDTH);
                Var loss;
                try (Scope scope = tape.scope()) {
                    Var scores = x.linear(query, null)
                            .matmul(x.linear(weight(tape, 0), null).transpose());
                    Var attended = scores.softmax().dropout(0.1, mask).matmul(x.linear(weight(tape, 1), null));
                    Var normed = attended.dropout(0.1, mask.with(1), x).layerNorm(scale, shift, 1e-12);
                    Var mlp = normed.linear(weight(tape, 2), null).gelu().linear(weight(tape, 3), null, normed);
                    loss = scope.keep(mlp.rowNorm().sum());
                }
                tape.backward(loss);
                Tiles.fill(tape.gradient(scale), 0f);
            }
        }

        @Override
        public void close() {
            gradient.close();
            trained.close();
            frozen.close();
            weights.close();
        }
    }
}
