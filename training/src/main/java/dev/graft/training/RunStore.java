package dev.graft.training;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import java.io.IOException;

/** Where a run leaves its metrics, checkpoints and best adapter. */
public interface RunStore {
    /** The first step is about to be done: nothing was wrong. */
    default void begin() throws IOException {}

    /** One step's figures. */
    void step(long step, double loss, double learningRate) throws IOException;

    /** An evaluation's figures. */
    void evaluation(long step, Evaluation evaluation) throws IOException;

    /** The adapter is the best so far. */
    void best(Adapter adapter, TrainingState state) throws IOException;

    /** Keeps everything that is needed to go on from here. */
    void checkpoint(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState state) throws IOException;

    /** True to keep a checkpoint after this step, whatever the settings say. */
    default boolean wantsCheckpoint() {
        return false;
    }

    /** Goes back to the last checkpoint, or leaves everything as it is if there is none. */
    TrainingState restore(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState start) throws IOException;

    /** For messages: where the last good state is, in words that follow "was kept". */
    String where();
}
