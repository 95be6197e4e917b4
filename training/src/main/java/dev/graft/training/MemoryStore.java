package dev.graft.training;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps a run's figures and its best values in memory, for comparisons. */
public final class MemoryStore implements RunStore {
    private final List<double[]> losses = new ArrayList<>();
    private final Map<String, float[]> best = new LinkedHashMap<>();

    /** An empty store. */
    public MemoryStore() {}

    @Override
    public void step(long step, double loss, double learningRate) {
        losses.add(new double[] {step, loss});
    }

    @Override
    public void evaluation(long step, Evaluation evaluation) {}

    @Override
    public void best(Adapter adapter, TrainingState state) {
        for (AdapterParameter parameter : adapter.tensors().trained()) {
            best.put(parameter.name(), parameter.tensor().toArray());
        }
    }

    /** Sets an adapter to its best values, if there was an evaluation. */
    public void restoreBest(Adapter adapter) {
        for (AdapterParameter parameter : adapter.tensors().trained()) {
            float[] values = best.get(parameter.name());
            if (values != null) {
                dev.graft.autograd.memory.Tiles.write(values, parameter.tensor());
            }
        }
    }

    /** Step and loss of every step. */
    public List<double[]> losses() {
        return losses;
    }

    @Override
    public void checkpoint(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState state) {}

    @Override
    public TrainingState restore(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState start) {
        return start;
    }

    @Override
    public String where() {
        return " in memory";
    }
}
