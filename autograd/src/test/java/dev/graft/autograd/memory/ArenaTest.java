package dev.graft.autograd.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.check.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An arena lends each float to one tensor at a time, takes everything back, and does not grow. */
class ArenaTest {
    private final Random random = Seed.random("arena");

    private record Loan(Tensor tensor, float mark) {
        void check() {
            for (float value : tensor.toArray()) {
                assertEquals(mark, value, "another loan wrote here");
            }
        }
    }

    @Test
    void loansNeverOverlap() {
        try (Arena arena = new Arena()) {
            List<Loan> loans = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                if (loans.size() < 60 && random.nextInt(3) > 0) {
                    // rows and columns from nothing to a size that several of fill a chunk
                    long rows = random.nextInt(600);
                    Tensor tensor = arena.allocate(rows, 1 + random.nextInt(600));
                    assertEquals(0, tensor.address() % 64, "a block starts on a cache line");
                    Tiles.fill(tensor, i);
                    loans.add(new Loan(tensor, i));
                } else if (!loans.isEmpty()) {
                    Loan ended = loans.remove(random.nextInt(loans.size()));
                    ended.check();
                    ended.tensor().release();
                }
            }
            loans.forEach(Loan::check);
            assertFalse(arena.empty());
            loans.forEach(loan -> loan.tensor().release());
            assertTrue(arena.empty());
        }
    }

    @Test
    void theSameStepsNeedNoMoreMemory() {
        try (Arena arena = new Arena()) {
            step(arena, 3);
            long capacity = arena.capacity();
            for (int i = 0; i < 1000; i++) {
                step(arena, 3);
            }
            assertEquals(capacity, arena.capacity());
        }
    }

    private void step(Arena arena, long seed) {
        Random own = new Random(seed);
        List<Tensor> held = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            held.add(arena.allocate(1 + own.nextInt(100), 1 + own.nextInt(1000)));
            if (held.size() > 40) {
                held.remove(own.nextInt(held.size())).release();
            }
        }
        held.forEach(Tensor::release);
        assertTrue(arena.empty());
    }

    @Test
    void aBlockLivesAsLongAsItsLastUser() {
        try (Arena arena = new Arena()) {
            Tensor tensor = arena.zeros(4, 4);
            Tensor row = tensor.rows(1, 2).retain();
            assertTrue(tensor.isShared());
            tensor.release();
            assertFalse(row.isShared());
            assertEquals(0, row.toArray()[0]);
            row.release();
            assertTrue(arena.empty());
        }
    }

    @Test
    void memoryThatWentBackIsNotUsed() {
        try (Arena arena = new Arena()) {
            Tensor tensor = arena.zeros(2, 3);
            Tensor view = tensor.transposed();
            tensor.release();
            for (Tensor used : List.of(tensor, view)) {
                assertSays("after its scope ended", assertThrows(IllegalStateException.class, used::address));
                assertThrows(IllegalStateException.class, used::writable);
                assertThrows(IllegalStateException.class, used::buffer);
                assertThrows(IllegalStateException.class, used::array);
                assertThrows(IllegalStateException.class, used::toArray);
            }
            assertSays("given back twice", assertThrows(IllegalStateException.class, tensor::release));
            assertSays("went back to the arena", assertThrows(IllegalStateException.class, tensor::retain));
        }
    }

    @Test
    void aTensorPastTheLimitIsRefused() {
        try (Arena arena = new Arena()) {
            var error = assertThrows(IllegalArgumentException.class, () -> arena.allocate(70_000, 30_522));
            assertSays("[70000, 30522] exceeds 2 GB", error);
            assertSays("smaller micro-batch", error);
            assertThrows(ArithmeticException.class, () -> arena.allocate(Long.MAX_VALUE, 3));
            assertSays(
                    "negative extent: [2, -1]",
                    assertThrows(IllegalArgumentException.class, () -> arena.allocate(2, -1)));
            assertEquals(0, arena.capacity(), "nothing was taken for it");
        }
    }

    @Test
    void closingGivesEverythingBack() {
        Arena arena = new Arena();
        arena.allocate(3000, 3000);
        assertTrue(arena.capacity() >= 9_000_000);
        arena.close();
        assertEquals(0, arena.capacity());
        assertTrue(arena.empty());
    }

    private static void assertSays(String part, Exception error) {
        assertTrue(error.getMessage().contains(part), error.getMessage());
    }
}
