package dev.graft.training.probe;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Tiles;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.overlay.AdapterParameter;

/** Adapters as training might leave them, without training: a new one often changes nothing, so it shows nothing. */
public final class Lively {
    /** How far a trained value is moved from its start: far enough that every tensor changes the output. */
    private static final double DISTANCE = 0.15;

    private Lively() {}

    /**
     * Moves every trained value by a normal number.
     *
     * @param adapter whose values are changed
     * @param seed of the numbers, which also depend on each tensor's name
     * @return the adapter
     */
    public static Adapter moved(Adapter adapter, long seed) {
        for (AdapterParameter parameter : adapter.tensors().trained()) {
            CounterRandom random = new CounterRandom(seed).with("lively").with(parameter.name());
            float[] values = parameter.tensor().toArray();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (DISTANCE * random.gaussian(i));
            }
            Tiles.write(values, parameter.tensor());
        }
        return adapter;
    }
}
