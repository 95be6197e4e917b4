package dev.graft.transformer.model.architecture;

import dev.graft.transformer.model.weights.Checkpoint;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Weights of a checkpoint, by name. */
public final class CheckpointSource implements WeightSource {
    private final Checkpoint checkpoint;

    /** Reads from an open checkpoint, which must stay open as long as the weights are used. */
    public CheckpointSource(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    @Override
    public boolean has(String name) {
        return checkpoint.has(name);
    }

    @Override
    public long[] shape(String name) {
        try {
            return checkpoint.shape(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public FrozenWeight get(String name, long... shape) {
        try {
            return new FrozenWeight(name, checkpoint.tensor(name, shape));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
