package dev.graft.transformer.model.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.ModelSite;
import org.junit.jupiter.api.Test;

/** Kept keys and values stay what they were, however many follow. */
class KeyValueCacheTest {
    private static final int WIDTH = 3;
    private static final ModelSite SITE =
            new ModelSite("attn", Slot.CACHE, 0, Side.DECODER, WIDTH, WIDTH, null, null, null);

    /** A row for both texts, or for the second alone in every third step. */
    private static void add(Compute compute, KeyValueCache cache, int step) {
        try (Tape tape = new Tape(compute, false)) {
            cache.select(step % 3 == 2 ? new int[] {1} : new int[] {0, 1});
            for (int i = 0; i < (step % 3 == 2 ? 1 : 2); i++) {
                int text = step % 3 == 2 ? 1 : i;
                Var row = tape.constant(new float[] {text, step, 0.5f}, 1, WIDTH);
                cache.add(SITE, i, tape.value(row), tape.value(row.multiply(2)));
            }
        }
    }

    @Test
    void rowsStayWhatTheyAreWhileTheMemoryGrows() {
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                KeyValueCache cache = new KeyValueCache(2, 1)) {
            assertFalse(cache.isFilled());
            for (int step = 0; step < 200; step++) {
                add(compute, cache, step);
                assertTrue(compute.arena().empty(), "a token keeps memory of the arena");
            }
            cache.markFilled();
            assertTrue(cache.isFilled());
            try (Tape tape = new Tape(compute, false)) {
                cache.select(1, 0);
                Sequences places = cache.places(SITE, 0);
                assertArrayEquals(new int[] {200, 134}, places.lengths());
                for (int i = 0; i < 2; i++) {
                    int at = 0;
                    for (int step = 0; step < 200; step++) {
                        if (i == 0 || step % 3 != 2) {
                            int from = places.start(i) + at++;
                            float[] keys = tape.value(cache.keys(tape, SITE))
                                    .rows(from, from + 1)
                                    .toArray();
                            assertArrayEquals(new float[] {1 - i, step, 0.5f}, keys);
                            float[] values = tape.value(cache.values(tape, SITE))
                                    .rows(from, from + 1)
                                    .toArray();
                            assertEquals(2 * step, values[1]);
                        }
                    }
                }
            }
            assertEquals(2L * 4 * 2 * 256 * WIDTH, cache.bytes());
        }
    }
}
