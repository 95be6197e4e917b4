package dev.graft.training;

import dev.graft.autograd.CounterRandom;
import dev.graft.training.data.Batch;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Learner;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/** One step of training, for runs and benchmarks alike: gradient, check, update. */
final class TrainStep implements AutoCloseable {
    private final GradientStep gradients;
    private final AdapterOptimizer optimizer;
    private final Adapter adapter;
    private final Workers workers;
    private final long total;

    /**
     * What a step did.
     *
     * @param loss mean over the step's rows, before the update
     * @param learningRate that was used; 0 if the adapter was left alone
     * @param finite false if the loss or the gradient is not finite: then the adapter was left alone
     */
    record Result(double loss, double learningRate, boolean finite) {}

    /** Prepares the steps of a run of {@code total} steps. */
    TrainStep(BaseModel base, Adapter adapter, Workers workers, TrainingSettings settings, long total) {
        CounterRandom random = MicroBatch.dropout(settings.seed());
        this.adapter = adapter;
        this.workers = workers;
        this.total = total;
        long floats = adapter.tensors().flat().length();
        gradients = new GradientStep(new Learner(base, adapter), workers, floats, random);
        optimizer = new AdapterOptimizer(adapter, workers, settings, total);
    }

    /**
     * Does a step.
     *
     * @param step its number, from 0
     * @param rows all rows of the training data
     * @param labels their classes; null to learn the labels of their tokens
     */
    Result run(long step, Batch batch, List<TokenRow> rows, int[] labels) {
        gradients.begin(step, batch, rows, labels);
        MicroBatches.run(List.of(gradients), workers);
        return update(step);
    }

    /** The step's gradient, for steps of several adapters at once. */
    GradientStep gradients() {
        return gradients;
    }

    /** Changes the adapter, when all micro-batches of the step were run. */
    Result update(long step) {
        double loss = gradients.loss();
        if (!Double.isFinite(loss) || !optimizer.isFinite(gradients.gradient())) {
            return new Result(loss, 0, false);
        }
        double rate = optimizer.apply(gradients.gradient(), step);
        adapter.afterStep(Math.toIntExact(step), Math.toIntExact(total), gradients.gradient());
        return new Result(loss, rate, true);
    }

    /** What changes the adapter, for checkpoints. */
    AdapterOptimizer optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        gradients.close();
        optimizer.close();
    }
}
