package dev.graft.transformer.model.weights;

import dev.graft.autograd.memory.Copies;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Frozen weights that were computed instead of mapped: written once, read-only afterwards. */
public final class OwnedWeights implements AutoCloseable {
    private final List<Storage> storages = new ArrayList<>();
    private final Copies copies = new Copies();

    /** Gives a weight's values, a piece at a time. */
    @FunctionalInterface
    public interface Values {
        /** Writes {@code length} elements, from {@code index} on in row-major order, to the start of {@code into}. */
        void read(long index, float[] into, int length);
    }

    /** Copies values to memory that nobody can write any more. */
    public FrozenWeight freeze(String name, Values values, long... shape) {
        Storage storage = Storage.allocate(Math.max(1, Shapes.size(shape)));
        Storage frozen = storage.frozen().among(copies);
        storages.add(frozen);
        storages.add(storage);
        float[] tile = new float[Tiles.tile()];
        Tiles.forEach(Tensor.over(storage, 0, shape), (index, at, length) -> {
            values.read(index, tile, length);
            storage.buffer().put(at, tile, 0, length);
        });
        return new FrozenWeight(name, Tensor.over(frozen, 0, shape));
    }

    /** Like the other, with a matrix in some type. */
    public FrozenWeight freeze(String name, Values values, Compaction compaction, long... shape) {
        FrozenWeight floats = freeze(name, values, shape);
        WeightEntry entry = new WeightEntry("F32", shape, OwnedWeights::floats, false);
        Storage memory = storages.get(storages.size() - 1);
        EncodedValues compact = FrozenFloats.compact(entry, memory.bytes(), compaction);
        if (compact == null) {
            return floats;
        }
        storages.remove(storages.size() - 1).close();
        storages.set(storages.size() - 1, Storage.compact(compact));
        return new FrozenWeight(name, Tensor.over(storages.get(storages.size() - 1), 0, shape));
    }

    private static void floats(ByteBuffer bytes, long from, float[] into, int at, int length) {
        for (int i = 0; i < length; i++) {
            into[at + i] = bytes.getFloat(Math.toIntExact((from + i) * Float.BYTES));
        }
    }

    @Override
    public void close() {
        storages.forEach(Storage::close);
        storages.clear();
    }
}
