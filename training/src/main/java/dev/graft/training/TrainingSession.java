package dev.graft.training;

import dev.graft.autograd.Compute;
import dev.graft.autograd.kernel.Elementwise;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.Example;
import dev.graft.training.data.GenerationExample;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Learner;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Training that somebody else steers: gradients of batches are added until the optimizer takes them. A batch is cut into
 * micro-batches as in a run, and the number of the call takes the place of a step's for dropout, so the same calls give the
 * same adapter on any workers.
 */
public final class TrainingSession implements AutoCloseable {
    private final BaseModel base;
    private final Adapter adapter;
    private final TrainingSettings settings;
    private final Workers workers;
    private final GradientStep step;
    private final AdapterOptimizer optimizer;
    private final Storage memory;
    private boolean pending;
    private TrainingState state = TrainingState.START;

    /**
     * Begins.
     *
     * @param adapter to train; stays its owner's
     * @param settings of which batch size, order, length of the run and evaluation do not count; the learning rate is
     *     constant unless a step says another
     */
    public TrainingSession(BaseModel base, Adapter adapter, TrainingSettings settings, Workers workers) {
        this.base = base;
        this.adapter = adapter;
        this.settings = settings;
        this.workers = workers;
        long floats = adapter.tensors().flat().length();
        step = new GradientStep(new Learner(base, adapter), workers, floats, MicroBatch.dropout(settings.seed()));
        optimizer = new AdapterOptimizer(adapter, workers, settings, Long.MAX_VALUE);
        memory = Storage.allocate(floats);
    }

    /** What it trains. */
    public Adapter adapter() {
        return adapter;
    }

    /** Steps of the optimizer. */
    public long steps() {
        return state.step();
    }

    /** Number of the last call that a checkpoint covers. */
    public long calls() {
        return state.tokens();
    }

    /**
     * Adds the gradient of texts with labels; returns their mean loss.
     *
     * @param call its number, from 1
     * @throws SettingsException if a label is unknown or there is no text
     */
    public double classify(long call, List<Example> rows, StepEngine engine) {
        int[] labels = new int[rows.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = adapter.labels().indexOf(rows.get(i).label());
            if (labels[i] < 0) {
                throw new SettingsException("row " + (i + 1) + " has the label '"
                        + rows.get(i).label() + "'; allowed: " + adapter.labels());
            }
        }
        return add(
                call, EncodedRows.of(base, adapter, rows, settings.maxLength()).rows(), labels, engine);
    }

    /** Adds the gradient of prompts with completions; returns the mean loss of their tokens. */
    public double complete(long call, List<GenerationExample> rows, StepEngine engine) {
        return add(
                call,
                EncodedRows.prompted(base, adapter, rows, settings.maxLength(), true)
                        .rows(),
                null,
                engine);
    }

    private double add(long call, List<TokenRow> rows, int[] labels, StepEngine engine) {
        if (rows.isEmpty()) {
            throw new SettingsException("a batch has no rows; give at least one");
        }
        long counted = labels != null
                ? rows.size()
                : rows.stream().mapToLong(TokenRow::labelled).sum();
        List<MicroBatch> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += settings.microBatch()) {
            int to = Math.min(rows.size(), from + settings.microBatch());
            int[] own = labels == null ? null : Arrays.copyOfRange(labels, from, to);
            parts.add(new MicroBatch(call, parts.size(), 1.0 / counted, rows.subList(from, to), own));
        }
        step.begin(parts);
        engine.compute(step);
        accumulate();
        return step.loss();
    }

    private void accumulate() {
        if (!pending) {
            Tiles.fill(sum(), 0f);
        }
        pending = true;
        workers.run(List.<Function<Compute, Void>>of(compute -> {
            Elementwise elementwise = compute.elementwise();
            elementwise.add(sum(), step.gradient(), sum());
            return null;
        }));
    }

    private Tensor sum() {
        return Tensor.over(memory, 0, step.floats());
    }

    /**
     * Changes the adapter by the gradients that were added.
     *
     * @param rate learning rate, or null for the session's
     * @return number of steps so far
     * @throws SettingsException if nothing was added since the last step
     * @throws TrainingStoppedException if the gradient is not finite; it is dropped and the adapter stays as it was
     */
    public long optimize(Double rate) {
        if (!pending) {
            throw new SettingsException("there is no gradient; call forward_backward before optimizer_step");
        }
        pending = false;
        if (!optimizer.isFinite(sum())) {
            throw new TrainingStoppedException(
                    "the gradient is not finite, so it was dropped; try a lower learning rate or max_grad_norm 1");
        }
        optimizer.apply(sum(), rate == null ? settings.learningRate() : rate);
        adapter.afterStep(Math.toIntExact(state.step()), Math.max(1, settings.maxSteps()), sum());
        state = state.next(0);
        return state.step();
    }

    /** Keeps all that is needed to go on after a call; nothing may be pending. */
    public void checkpoint(RunStore store, long call) throws IOException {
        state = new TrainingState(state.step(), call, null, null, 0, 0);
        store.checkpoint(adapter.tensors(), optimizer, state);
    }

    /** Goes on from the last checkpoint, if there is one. */
    public void restore(RunStore store) throws IOException {
        state = store.restore(adapter.tensors(), optimizer, state);
        pending = false;
    }

    @Override
    public void close() {
        step.close();
        optimizer.close();
        memory.close();
    }
}
