package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Compute;
import dev.graft.autograd.kernel.MathMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void resultsComeInTheOrderOfTheTasks() {
        try (Workers workers = new Workers(MathMode.FP32, 3)) {
            List<Function<Compute, Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                int number = i;
                tasks.add(compute -> {
                    pause(number % 3);
                    return number;
                });
            }
            assertEquals(List.of(), workers.run(List.of()));
            List<Integer> results = workers.run(tasks);
            for (int i = 0; i < 50; i++) {
                assertEquals(i, results.get(i));
            }
        }
    }

    @Test
    void eachThreadKeepsItsCompute() {
        try (Workers workers = new Workers(MathMode.FP32, 1)) {
            Compute first = workers.run(List.<Function<Compute, Compute>>of(compute -> compute))
                    .get(0);
            assertSame(
                    first,
                    workers.run(List.<Function<Compute, Compute>>of(compute -> compute))
                            .get(0));
            Compute wide = workers.runWide(compute -> compute);
            assertSame(wide, workers.runWide(compute -> compute));
            assertTrue(wide != first);
        }
    }

    @Test
    void theFirstFailureIsThrownWhenAllTasksHaveEnded() {
        try (Workers workers = new Workers(MathMode.FP32, 2)) {
            for (Throwable failure : List.of(new IllegalStateException("a"), new AssertionError("b"))) {
                AtomicInteger ended = new AtomicInteger();
                List<Function<Compute, Integer>> tasks = new ArrayList<>();
                tasks.add(compute -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) failure;
                });
                for (int i = 0; i < 4; i++) {
                    tasks.add(compute -> {
                        pause(20);
                        return ended.incrementAndGet();
                    });
                }
                tasks.add(compute -> {
                    throw new IllegalArgumentException("later");
                });
                assertSame(failure, assertThrows(Throwable.class, () -> workers.run(tasks)));
                assertEquals(4, ended.get(), "tasks that ended before the failure was thrown");
            }
        }
    }

    /** Else the caller would free memory that a task still writes. */
    @Test
    void anInterruptedCallerWaitsForItsTasks() throws InterruptedException {
        try (Workers workers = new Workers(MathMode.FP32, 1)) {
            CountDownLatch started = new CountDownLatch(1);
            AtomicBoolean ended = new AtomicBoolean();
            List<String> seen = new ArrayList<>();
            Thread caller = new Thread(() -> {
                var error = assertThrows(
                        IllegalStateException.class,
                        () -> workers.run(List.<Function<Compute, Boolean>>of(compute -> {
                            started.countDown();
                            pause(100);
                            ended.set(true);
                            return true;
                        })));
                seen.add(error.getMessage() + " " + ended.get() + " "
                        + Thread.currentThread().isInterrupted());
            });
            caller.start();
            started.await();
            caller.interrupt();
            caller.join();
            assertEquals(List.of("interrupted while computing true true"), seen);
        }
    }

    @Test
    void noThreadsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Workers(MathMode.FP32, 0));
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
