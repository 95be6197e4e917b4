package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Frozen weights that were computed instead of mapped: written once, read-only afterwards. */
public final class OwnedWeights implements AutoCloseable {
    private final List<Storage> storages = new ArrayList<>();

    /** Copies values to memory that nobody can write any more. */
    public FrozenWeight freeze(String name, float[] values, long... shape) {
        Storage storage = Storage.allocate(Math.max(1, values.length));
        storages.add(storage);
        storage.buffer().put(0, values, 0, values.length);
        return new FrozenWeight(name, Tensor.over(storage.frozen(), 0, shape));
    }

    @Override
    public void close() {
        storages.forEach(Storage::close);
        storages.clear();
    }
}
