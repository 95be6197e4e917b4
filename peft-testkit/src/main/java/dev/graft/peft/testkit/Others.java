package dev.graft.peft.testkit;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import java.util.ArrayList;
import java.util.List;

/**
 * Adapters of every other kind beside the method's own, each with values that moved: of small methods that act in all ways
 * that there are, of the methods that are installed, and a classifier without a method.
 */
final class Others implements AutoCloseable {
    private final List<Adapter> adapters = new ArrayList<>();

    Others(Bench bench) {
        PeftMethods companions = Companions.methods();
        for (String id : companions.ids()) {
            add(bench, companions, id);
        }
        for (String id : bench.methods.ids()) {
            add(bench, bench.methods, id);
        }
        add(bench, companions, Adapter.HEAD);
    }

    private void add(Bench bench, PeftMethods methods, String id) {
        adapters.add(bench.livelyOf(methods, id, 10L + adapters.size()));
    }

    /** All of them. */
    List<Adapter> adapters() {
        return adapters;
    }

    @Override
    public void close() {
        adapters.forEach(Adapter::close);
    }
}
