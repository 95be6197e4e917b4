package dev.graft.peft.testkit;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs that differ in all that a run may have of its own: method, data, seed, batch and micro-batch sizes, learning rate
 * and length. Two are of the method under test, the others of {@link Companions}.
 */
final class Jobs implements AutoCloseable {
    private record Job(Adapter adapter, ClassificationData data, TrainingSettings settings, MemoryStore store) {}

    private final Bench bench;
    private final List<Job> jobs = new ArrayList<>();
    private final List<TrainingRun> opened = new ArrayList<>();

    Jobs(Bench bench, Case one) {
        this.bench = bench;
        PeftMethods companions = Companions.methods();
        add(companion(companions, 0), settings(4, 5, 2, 0.05, 11), 2);
        add(bench.fresh(one.settings(), 1), TinyRun.settings(TinyRun.STEPS, 1, true), 1);
        add(companion(companions, 2), settings(8, 3, 3, 0.01, 12), 3);
        add(bench.fresh(one.settings(), 2), settings(3, 7, 4, 0.02, 2), 1);
        add(companion(companions, 3), settings(5, 8, 8, 0.03, 13), 1);
    }

    private Adapter companion(PeftMethods companions, int number) {
        String id = companions.ids().get(number);
        return Adapter.create(bench.base, companions, id, Map.of(), TinyBase.LABELS, number);
    }

    private static TrainingSettings settings(int steps, int batch, int micro, double rate, long seed) {
        return new TrainingSettings(
                1, steps, batch, micro, rate, 0.1, Schedule.LINEAR, 0, 0, seed, TinyBase.LONGEST, true, 3, 2, 0);
    }

    private void add(Adapter adapter, TrainingSettings settings, long data) {
        jobs.add(new Job(adapter, TinyData.classification(20, 5, data), settings, new MemoryStore()));
    }

    /** The runs on so many threads. */
    List<TrainingRun> runs(int threads) {
        for (Job job : jobs) {
            opened.add(new TrainingRun(
                    bench.base, job.adapter, job.data, job.settings, bench.workers(threads), job.store));
        }
        return opened;
    }

    Adapter adapter(int number) {
        return jobs.get(number).adapter;
    }

    double[] losses(int number) {
        return jobs.get(number).store.losses().stream()
                .mapToDouble(step -> step[1])
                .toArray();
    }

    @Override
    public void close() {
        opened.forEach(TrainingRun::close);
        jobs.forEach(job -> job.adapter.close());
    }
}
