package dev.graft.training;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import java.io.IOException;

/**
 * A run's folder in which a checkpoint is kept as often as it costs little: after every step where a step takes long, else
 * so that writing takes a twentieth of the time. The next leader goes on from there.
 */
public final class FrequentStore implements RunStore {
    private static final int SHARE = 20;

    private final RunFolder folder;
    private long cost;
    private long last = System.nanoTime();

    /** Around a folder, which stays its owner's. */
    public FrequentStore(RunFolder folder) {
        this.folder = folder;
    }

    @Override
    public void begin() throws IOException {
        folder.begin();
    }

    @Override
    public void step(long step, double loss, double learningRate) throws IOException {
        folder.step(step, loss, learningRate);
    }

    @Override
    public void evaluation(long step, Evaluation evaluation) throws IOException {
        folder.evaluation(step, evaluation);
    }

    @Override
    public void best(Adapter adapter, TrainingState state) throws IOException {
        folder.best(adapter, state);
    }

    @Override
    public boolean wantsCheckpoint() {
        return System.nanoTime() - last >= SHARE * cost;
    }

    @Override
    public void checkpoint(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState state) throws IOException {
        long begin = System.nanoTime();
        folder.checkpoint(tensors, optimizer, state);
        last = System.nanoTime();
        cost = last - begin;
    }

    @Override
    public TrainingState restore(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState start)
            throws IOException {
        return folder.restore(tensors, optimizer, start);
    }

    @Override
    public String where() {
        return "; the job can be resumed from it";
    }
}
