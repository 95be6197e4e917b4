package dev.graft.peft.testkit;

import dev.graft.autograd.Compute;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.training.EncodedRows;
import dev.graft.training.probe.Lively;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What the laws share: the method, a tiny base, rows to read, threads and a place for files. */
final class Bench implements AutoCloseable {
    private static final float OVERFLOW = 1e6f;

    final String family;
    final PeftMethod method;
    final PeftMethods methods;
    final BaseModel base;
    final Workers workers;
    final List<TokenRow> rows;
    private final Path folder;
    private final AtomicInteger files;
    private final Pools pools;

    /** On a tiny base of a family. */
    Bench(PeftMethod method, PeftMethods methods, String family) throws IOException {
        this.family = family;
        this.method = method;
        this.methods = methods;
        files = new AtomicInteger();
        pools = new Pools();
        folder = Files.createTempDirectory("graft-contract");
        base = BaseModel.open(TinyFamilies.write(family, folder.resolve("base"), 1));
        workers = workers(1);
        rows = EncodedRows.of(base, null, TinyData.rows(24, 1), TinyBase.LONGEST)
                .rows();
    }

    /** The same bench for another method, on the same base and threads; it is closed with this one. */
    private Bench(Bench other, PeftMethod method, PeftMethods methods) {
        this.family = other.family;
        this.method = method;
        this.methods = methods;
        this.folder = other.folder;
        this.base = other.base;
        this.workers = other.workers;
        this.rows = other.rows;
        this.files = other.files;
        this.pools = other.pools;
    }

    /** A bench of the method under test with something around its injection. */
    Bench around(BiFunction<Injection, ModelShape, Injection> around) {
        PeftMethod wrapped = new Wrapped(method, around);
        return new Bench(this, wrapped, new PeftMethods(List.of(wrapped)));
    }

    /** A bench of other methods. */
    Bench with(PeftMethods others) {
        return new Bench(this, method, others);
    }

    /** So many threads, kept as long as the bench. */
    Workers workers(int threads) {
        return pools.of(threads);
    }

    /** A path where nothing is yet. */
    Path file(String name) {
        return folder.resolve(name + "-" + files.incrementAndGet());
    }

    /** A new adapter with the base's own labels, so that its head starts as the base's. */
    Adapter fresh(Map<String, ?> settings, long seed) {
        return Adapter.create(base, methods, method.id(), settings, base.labels(), seed);
    }

    /** An adapter as training might leave it: every trained value has moved. */
    Adapter lively(Map<String, ?> settings, long seed) {
        return Lively.moved(fresh(settings, seed), seed);
    }

    /** The same for a task that needs no head. */
    Adapter livelyWithoutHead(Map<String, ?> settings, long seed) {
        return Lively.moved(Adapter.create(base, methods, method.id(), settings, List.of(), seed), seed);
    }

    /** An adapter of any method with its default settings, as training might leave it. */
    Adapter livelyOf(PeftMethods installed, String id, long seed) {
        Adapter adapter = Adapter.create(base, installed, id, Map.of(), TinyBase.LABELS, seed);
        for (AdapterParameter parameter : adapter.tensors().trained()) {
            float[] values = parameter.tensor().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.abs(values[i]) > OVERFLOW ? 1 : values[i]; // it began as the word that overflows
            }
            Tiles.write(values, parameter.tensor());
        }
        return Lively.moved(adapter, seed);
    }

    /** Logits of all rows with one adapter, or the base's own for null. */
    float[][] logits(Adapter adapter) {
        return new Classifier(base, workers).logits(rows, adapter);
    }

    /** Runs something that computes on one worker. */
    <T> T compute(Function<Compute, T> work) {
        return workers.run(List.of(work)).get(0);
    }

    @Override
    public void close() throws IOException {
        pools.close();
        base.close();
        AtomicFiles.delete(folder);
    }
}
