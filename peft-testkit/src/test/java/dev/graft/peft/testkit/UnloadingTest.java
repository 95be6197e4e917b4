package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Slot;
import dev.graft.training.Memory;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** An adapter that is dropped gives its memory back: many loads and unloads leave the resident size flat. */
class UnloadingTest {
    private static final int LOADS = 1000;
    private static final int WARM_UP = 300;
    private static final int BETWEEN_COLLECTIONS = 10;

    /** 512 KiB a load: a leak is large beside what the JVM's own size varies by. */
    private static final int FLOATS = 128 << 10;

    private static final long ALLOWED_KIB = 48 << 10;

    /** A method with one large tensor that changes little. */
    private static final class Large implements PeftMethod {
        @Override
        public String id() {
            return "large";
        }

        @Override
        public Injection configure(Settings settings, ModelShape model) {
            return (site, parameters) -> {
                if (site.slot() != Slot.EMBEDDING) {
                    return Hook.NONE;
                }
                long rows = FLOATS / site.outputSize();
                Parameter table = parameters.trainable("table", Init.normal(1), rows, site.outputSize());
                return new Hook() {
                    @Override
                    public Var after(Context context, Var x, Var y) {
                        return y.add(context.use(table).rows(0, y.size(0)));
                    }
                };
            };
        }
    }

    @Test
    void aThousandLoadsAndUnloadsLeaveTheResidentSizeFlat() throws IOException {
        Assumptions.assumeTrue(Memory.residentKiB() > 0, "this system does not say how large a process is");
        PeftMethods large = new PeftMethods(List.of(new Large()));
        try (Bench bench = new Bench(new Large(), large, "bert")) {
            Bench others = bench.with(Companions.methods());
            List<Path> folders = new ArrayList<>();
            for (String id : Companions.methods().ids()) {
                folders.add(saved(others, id));
            }
            folders.add(saved(others, Adapter.FULL));
            Path big = saved(bench, "large");
            long before = 0;
            for (int i = 0; i < LOADS; i++) {
                if (i == WARM_UP) {
                    before = resident();
                }
                try (Adapter adapter = i % 2 == 0
                        ? AdapterFiling.load(bench, big)
                        : AdapterFiling.load(others, folders.get(i % folders.size()))) {
                    new Classifier(bench.base, bench.workers).logits(bench.rows.subList(0, 1), adapter);
                }
                if (i % BETWEEN_COLLECTIONS == 0) {
                    System.gc(); // else the heap's own pages become resident one by one
                }
            }
            long grown = resident() - before;
            long loaded = (LOADS - WARM_UP) / 2 * (FLOATS * (long) Float.BYTES) / 1024;
            assertTrue(grown <= ALLOWED_KIB, "grew by " + grown + " KiB while " + loaded + " KiB were loaded");
        }
    }

    private static Path saved(Bench bench, String id) throws IOException {
        try (Adapter adapter = Adapter.create(bench.base, bench.methods, id, Map.of(), TinyBase.LABELS, 1)) {
            return AdapterFiling.save(bench, adapter);
        }
    }

    private static long resident() {
        Memory.giveBack();
        Memory.giveBack();
        return Memory.residentKiB();
    }
}
