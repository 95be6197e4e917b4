package dev.graft.training.compare;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
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
import dev.graft.training.data.Example;
import dev.graft.training.data.Split;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains methods one after another on one base and one data set, and measures each in the same way: every run opens the
 * base and starts the workers anew, so that it neither profits from what earlier runs prepared (packed weights, compiled
 * kernels) nor counts it as its own memory.
 */
public final class Comparer {
    private final Opening opening;
    private final PeftMethods methods;
    private final ClassificationData data;
    private final List<MethodResult> results = new ArrayList<>();
    private final List<FailedRun> failures = new ArrayList<>();

    /** Compares on a base and data; what {@code opening} opens is closed after each run. */
    public Comparer(Opening opening, PeftMethods methods, ClassificationData data) {
        this.opening = opening;
        this.methods = methods;
        this.data = data;
    }

    /** Opens what a run computes with; always the same base, math and number of threads. */
    public interface Opening {
        /** The base. */
        BaseModel base() throws IOException;

        /** The threads. */
        Workers workers();
    }

    /** Hears which run begins, and of its progress. */
    public interface Progress {
        /** A run begins; the listener hears of its steps. */
        TrainingListener begin(String method, long seed, int run, int runs);
    }

    /**
     * Does every run. One that diverges is noted as failed and the others go on; a wrong setting ends everything before
     * the first run.
     *
     * @throws IllegalStateException if a run changed the base
     */
    public Comparison run(ComparisonPlan plan, Provenance provenance, Progress progress) throws IOException {
        check(plan);
        int number = 0;
        for (String method : plan.methods()) {
            for (long seed : plan.seeds()) {
                TrainingListener listener = progress.begin(method, seed, ++number, plan.runs());
                Memory.giveBack();
                Memory.resetPeak();
                try (BaseModel base = opening.base();
                        Workers workers = opening.workers()) {
                    String before = base.fingerprint();
                    run(new Run(base, workers, method, seed), plan, listener);
                    base.verify(before);
                } finally {
                    listener.end();
                }
            }
        }
        return new Comparison(results, failures, provenance);
    }

    private record Run(BaseModel base, Workers workers, String method, long seed) {}

    /**
     * Most tokens that a text may have on the base with each method of a plan.
     *
     * @throws SettingsException if a method cannot be made
     */
    public int mostTokens(ComparisonPlan plan) throws IOException {
        int most = Integer.MAX_VALUE;
        try (BaseModel base = opening.base()) {
            for (String method : plan.methods()) {
                try (Adapter adapter = create(base, method, plan, plan.seeds().get(0))) {
                    most = Math.min(most, EncodedRows.mostTokens(base, adapter));
                } catch (SettingsException e) {
                    throw new SettingsException("with method " + method + ": " + e.getMessage());
                }
            }
        }
        return most;
    }

    /** Makes each method's adapter once, to find a wrong setting before anything is trained. */
    private void check(ComparisonPlan plan) throws IOException {
        try (BaseModel base = opening.base()) {
            for (String method : plan.methods()) {
                long seed = plan.seeds().get(0);
                settings(plan, method, seed);
                try (Adapter adapter = create(base, method, plan, seed)) {
                    List<Example> one = data.rows(Split.TEST).subList(0, 1);
                    EncodedRows.of(base, adapter, one, plan.training().maxLength());
                } catch (SettingsException e) {
                    throw new SettingsException("with method " + method + ": " + e.getMessage());
                }
            }
        }
    }

    private static TrainingSettings settings(ComparisonPlan plan, String method, long seed) {
        return plan.training().with(plan.learningRate().applyAsDouble(method), seed);
    }

    private Adapter create(BaseModel base, String method, ComparisonPlan plan, long seed) {
        return Adapter.create(
                base, methods, method, plan.settings().getOrDefault(method, Map.of()), data.labels(), seed);
    }

    private void run(Run run, ComparisonPlan plan, TrainingListener listener) throws IOException {
        try (Adapter adapter = create(run.base(), run.method(), plan, run.seed())) {
            results.add(train(run, adapter, plan, listener));
        } catch (TrainingStoppedException e) {
            failures.add(new FailedRun(run.method(), run.seed(), e.getMessage()));
        }
    }

    private MethodResult train(Run run, Adapter adapter, ComparisonPlan plan, TrainingListener listener)
            throws IOException {
        TrainingSettings settings = settings(plan, adapter.method(), run.seed());
        MemoryStore store = new MemoryStore();
        Stopwatch watch = new Stopwatch(listener);
        TrainingState end;
        try (TrainingRun training = new TrainingRun(run.base(), adapter, data, settings, run.workers(), store)) {
            watch.start();
            end = training.run(watch);
        }
        double seconds = watch.trainSeconds();
        long peak = Memory.peakMiB();
        store.restoreBest(adapter);
        Use use = use(run, adapter, settings.maxLength());
        long trained = adapter.tensors().trainedCount();
        return new MethodResult(
                adapter.method(),
                run.seed(),
                settings.learningRate(),
                trained,
                (double) trained / run.base().shape().parameters(),
                new Quality(use.test().accuracy(), use.test().macroF1(), end.bestAccuracy()),
                new Cost(
                        seconds,
                        1000 * seconds / end.step(),
                        end.tokens() / seconds,
                        peak,
                        trained * Float.BYTES,
                        use.latencyMillis()),
                store.losses().stream()
                        .map(point -> new LossPoint((long) point[0], point[1]))
                        .toList(),
                adapter.settings());
    }

    /** What a trained adapter does. */
    private record Use(Evaluation test, double latencyMillis) {}

    private Use use(Run run, Adapter adapter, int maxLength) {
        Classifier classifier = new Classifier(run.base(), run.workers());
        EncodedRows rows = EncodedRows.of(run.base(), adapter, data.rows(Split.TEST), maxLength);
        Evaluation evaluation = Evaluator.evaluate(
                classifier,
                rows.rows(),
                data.classes(Split.TEST),
                adapter,
                data.labels().size());
        return new Use(evaluation, Latency.millis(classifier, rows.rows(), adapter));
    }
}
