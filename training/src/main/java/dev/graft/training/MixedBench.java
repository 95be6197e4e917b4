package dev.graft.training;

import dev.graft.autograd.CounterRandom;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times a batch whose rows belong to several adapters: in one mixed pass, and as a server would that has one adapter at
 * a time in the base, which merges each in turn and runs its rows.
 */
public final class MixedBench {
    private static final int WARM_UP = 2;

    private final BaseModel base;
    private final List<Adapter> adapters;
    private final Workers workers;
    private final int steps;
    private final List<TokenRow> rows = new ArrayList<>();

    /**
     * A benchmark; rows belong to the adapters in turn.
     *
     * @param adapters that classify, and can be merged
     * @param length random tokens of each row
     * @param steps that are timed
     */
    public MixedBench(
            BaseModel base, List<Adapter> adapters, Workers workers, int batchSize, int length, int steps, long seed) {
        this.base = base;
        this.adapters = List.copyOf(adapters);
        this.workers = workers;
        this.steps = steps;
        CounterRandom random = new CounterRandom(seed).with("mixed");
        for (int i = 0; i < batchSize; i++) {
            CounterRandom own = random.with(i);
            int[] tokens = new int[length];
            Arrays.setAll(tokens, at -> own.below(base.config().vocabularySize(), at));
            rows.add(new TokenRow(tokens, new int[length]));
        }
    }

    /** Milliseconds of the batch as one mixed pass, the median. */
    public double mixed() {
        Classifier classifier = new Classifier(base, workers);
        List<Adapter> each = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            each.add(adapters.get(i % adapters.size()));
        }
        return median(() -> classifier.logits(rows, each));
    }

    /** Milliseconds of the batch where each adapter is merged, its rows are run, and the next one takes its place. */
    public double switched() {
        return median(() -> {
            for (int a = 0; a < Math.min(adapters.size(), rows.size()); a++) {
                List<TokenRow> own = new ArrayList<>();
                for (int i = a; i < rows.size(); i += adapters.size()) {
                    own.add(rows.get(i));
                }
                try (BaseModel merged = base.merge(adapters.get(a))) {
                    new Classifier(merged, workers).logits(own, (Adapter) null);
                }
            }
        });
    }

    private double median(Runnable step) {
        double[] ms = new double[steps];
        for (int i = -WARM_UP; i < steps; i++) {
            long begin = System.nanoTime();
            step.run();
            ms[Math.max(0, i)] = (System.nanoTime() - begin) / 1e6;
        }
        Arrays.sort(ms);
        return (ms[(steps - 1) / 2] + ms[steps / 2]) / 2;
    }
}
