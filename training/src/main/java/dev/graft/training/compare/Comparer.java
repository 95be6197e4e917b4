package dev.graft.training.compare;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.EncodedRows;
import dev.graft.training.Evaluation;
import dev.graft.training.Evaluator;
import dev.graft.training.Memory;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingState;
import dev.graft.training.TrainingStoppedException;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.Split;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Trains methods one after another on one base and one data set, and measures each in the same way. */
public final class Comparer {
    private final BaseModel base;
    private final PeftMethods methods;
    private final ClassificationData data;
    private final Workers workers;
    private final List<MethodResult> results = new ArrayList<>();
    private final List<FailedRun> failures = new ArrayList<>();

    /** Compares on a base and data. */
    public Comparer(BaseModel base, PeftMethods methods, ClassificationData data, Workers workers) {
        this.base = base;
        this.methods = methods;
        this.data = data;
        this.workers = workers;
    }

    /** Hears which run begins, and of its progress. */
    public interface Progress {
        /** A run begins; the listener hears of its steps. */
        TrainingListener begin(String method, long seed, int run, int runs);
    }

    /**
     * Does every run. One that diverges is noted as failed and the others go on; a wrong setting ends everything before
     * the first run.
     */
    public Comparison run(ComparisonPlan plan, Provenance provenance, Progress progress) throws IOException {
        for (String method : plan.methods()) {
            create(method, plan, plan.seeds().get(0)).close();
        }
        int number = 0;
        for (String method : plan.methods()) {
            for (long seed : plan.seeds()) {
                TrainingListener listener = progress.begin(method, seed, ++number, plan.runs());
                try (Adapter adapter = create(method, plan, seed)) {
                    results.add(train(adapter, plan, seed, listener));
                } catch (TrainingStoppedException e) {
                    failures.add(new FailedRun(method, seed, e.getMessage()));
                } finally {
                    listener.end();
                }
            }
        }
        return new Comparison(results, failures, provenance);
    }

    private Adapter create(String method, ComparisonPlan plan, long seed) {
        return Adapter.create(
                base, methods, method, plan.settings().getOrDefault(method, Map.of()), data.labels(), seed);
    }

    private MethodResult train(Adapter adapter, ComparisonPlan plan, long seed, TrainingListener listener)
            throws IOException {
        double rate = plan.learningRate().applyAsDouble(adapter.method());
        TrainingSettings settings = plan.training().with(rate, seed);
        MemoryStore store = new MemoryStore();
        Stopwatch watch = new Stopwatch(listener);
        Memory.resetPeak();
        TrainingState end;
        try (TrainingRun run = new TrainingRun(base, adapter, data, settings, workers, store)) {
            watch.start();
            end = run.run(watch);
        }
        double seconds = watch.trainSeconds();
        long peak = Memory.peakMiB();
        store.restoreBest(adapter);
        EncodedRows test = EncodedRows.of(base, data.rows(Split.TEST), settings.maxLength());
        Evaluation evaluation = Evaluator.evaluate(
                new Classifier(base, workers),
                test.rows(),
                data.classes(Split.TEST),
                adapter,
                data.labels().size());
        long trained = adapter.tensors().trainedCount();
        return new MethodResult(
                adapter.method(),
                seed,
                rate,
                trained,
                (double) trained / base.shape().parameters(),
                new Quality(evaluation.accuracy(), evaluation.macroF1(), end.bestAccuracy()),
                new Cost(seconds, 1000 * seconds / end.step(), end.tokens() / seconds, peak, trained * Float.BYTES),
                store.losses().stream()
                        .map(point -> new LossPoint((long) point[0], point[1]))
                        .toList(),
                adapter.settings());
    }
}
