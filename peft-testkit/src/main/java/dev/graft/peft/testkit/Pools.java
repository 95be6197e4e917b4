package dev.graft.peft.testkit;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.Workers;
import java.util.Map;
import java.util.TreeMap;

/**
 * Threads for the tests of a class, of each number once. New ones would compile every product again, which takes longer
 * than a tiny run; that a result depends on what they did before is one of the faults that the laws find.
 */
final class Pools implements AutoCloseable {
    private final Map<Integer, Workers> pools = new TreeMap<>();

    /** So many threads. */
    Workers of(int threads) {
        return pools.computeIfAbsent(threads, count -> new Workers(MathMode.FP32, count));
    }

    @Override
    public void close() {
        pools.values().forEach(Workers::close);
    }
}
