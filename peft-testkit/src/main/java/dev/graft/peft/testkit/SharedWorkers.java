package dev.graft.peft.testkit;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.Workers;
import java.util.Map;
import java.util.TreeMap;

/**
 * Threads for all test classes of a process, of each number once. New ones would compile every product again, which takes
 * longer than a tiny run; that a result depends on what they did before is one of the faults that the laws find.
 */
final class SharedWorkers {
    private static final Map<Integer, Workers> POOLS = new TreeMap<>();

    private SharedWorkers() {}

    /** So many threads; nobody closes them. */
    static Workers of(int threads) {
        synchronized (POOLS) {
            return POOLS.computeIfAbsent(threads, count -> new Workers(MathMode.FP32, count));
        }
    }
}
