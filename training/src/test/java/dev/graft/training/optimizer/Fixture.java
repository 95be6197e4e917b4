package dev.graft.training.optimizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Numbers that torch and transformers computed, and tensors to compute with. */
final class Fixture {
    static final JsonNode OPTIMIZER = read();

    private Fixture() {}

    private static JsonNode read() {
        try (InputStream in = Fixture.class.getResourceAsStream("/parity/optimizer.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(JsonNode list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) list.get(i).doubleValue();
        }
        return floats;
    }

    /** A tensor in the middle of a storage, as adapters' tensors are. */
    static Tensor tensor(float... values) {
        Tensor tensor = Tensor.over(Storage.allocate(values.length + 5), 3, values.length);
        Tiles.write(values, tensor);
        return tensor;
    }
}
