package dev.graft.training;

import dev.graft.autograd.Compute;
import dev.graft.autograd.memory.Tensor;
import dev.graft.training.optimizer.AdamState;
import dev.graft.training.optimizer.AdamW;
import dev.graft.training.optimizer.GradientClip;
import dev.graft.training.optimizer.Schedule;
import dev.graft.training.optimizer.Trained;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import java.util.List;
import java.util.function.Function;

/** Applies a step's gradient to an adapter: clipping, schedule, AdamW. The base is out of its reach. */
public final class AdapterOptimizer implements AutoCloseable {
    private final AdapterTensors tensors;
    private final Workers workers;
    private final TrainingSettings settings;
    private final Schedule schedule;
    private final long total;
    private final List<Trained> trained;
    private final AdamW adam;

    /** An optimizer for a run of {@code total} steps. */
    AdapterOptimizer(Adapter adapter, Workers workers, TrainingSettings settings, long total) {
        this.tensors = adapter.tensors();
        this.workers = workers;
        this.settings = settings;
        this.schedule = settings.schedule();
        this.total = total;
        this.trained = tensors.trained().stream()
                .map(parameter -> new Trained(
                        parameter.name(),
                        parameter.tensor(),
                        parameter.tuning().rateScale(),
                        parameter.tuning().decay()))
                .toList();
        this.adam = new AdamW(trained, AdamW.Options.withDecay(settings.weightDecay()));
    }

    /** True if no element is NaN or infinite. */
    boolean isFinite(Tensor gradient) {
        return workers
                .run(GradientStep.ranges(gradient.length(), workers.threads()).stream()
                        .<Function<Compute, Boolean>>map(
                                range -> compute -> Finite.all(gradient.narrow(0, range[0], range[1])))
                        .toList())
                .stream()
                .allMatch(finite -> finite);
    }

    /**
     * Changes the adapter.
     *
     * @param gradient laid out as the adapter's flat tensors; scaled in place where it is clipped
     * @return the learning rate that was used
     */
    double apply(Tensor gradient, long step) {
        double rate = settings.learningRate() * schedule.factor(step, total, settings.warmup());
        apply(gradient, rate);
        return rate;
    }

    /** Changes the adapter with a learning rate that somebody else chose. */
    void apply(Tensor gradient, double rate) {
        List<Tensor> parts = tensors.trained().stream()
                .map(parameter -> part(gradient, parameter))
                .toList();
        if (settings.maxGradNorm() > 0) {
            GradientClip.apply(parts, GradientClip.norm(trained, parts), settings.maxGradNorm());
        }
        workers.run(adam.step(rate, parts, workers.threads()).stream()
                .<Function<Compute, Void>>map(work -> compute -> {
                    work.run();
                    return null;
                })
                .toList());
    }

    private Tensor part(Tensor gradient, AdapterParameter parameter) {
        long from = tensors.offset(parameter);
        return gradient.narrow(0, from, from + parameter.length()).reshape(parameter.shape());
    }

    /** What AdamW remembers. */
    public AdamState state() {
        return adam.state();
    }

    /** Goes on from what AdamW remembered. */
    public void restore(AdamState state) {
        adam.restore(state);
    }

    @Override
    public void close() {
        adam.close();
    }
}
