package dev.graft.transformer.model.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names and shapes of the tensors of Hugging Face's BertModel. */
final class BertTensors {
    private static final List<String> LINEAR = List.of(
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "intermediate.dense",
            "output.dense");

    private BertTensors() {}

    static Map<String, long[]> shapes(Map<String, Object> config, boolean hasPooler) {
        long hidden = size(config, "hidden_size");
        long inner = size(config, "intermediate_size");
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", new long[] {size(config, "vocab_size"), hidden});
        shapes.put(
                "embeddings.position_embeddings.weight", new long[] {size(config, "max_position_embeddings"), hidden});
        shapes.put("embeddings.token_type_embeddings.weight", new long[] {size(config, "type_vocab_size"), hidden});
        pair(shapes, "embeddings.LayerNorm", hidden);
        for (int layer = 0; layer < size(config, "num_hidden_layers"); layer++) {
            String path = "encoder.layer." + layer + ".";
            for (String name : LINEAR) {
                long out = name.startsWith("intermediate") ? inner : hidden;
                pair(shapes, path + name, out, name.startsWith("output") ? inner : hidden);
            }
            pair(shapes, path + "attention.output.LayerNorm", hidden);
            pair(shapes, path + "output.LayerNorm", hidden);
        }
        if (hasPooler) {
            pair(shapes, "pooler.dense", hidden, hidden);
        }
        return shapes;
    }

    private static void pair(Map<String, long[]> shapes, String name, long... weight) {
        shapes.put(name + ".weight", weight);
        shapes.put(name + ".bias", new long[] {weight[0]});
    }

    private static long size(Map<String, Object> config, String key) {
        return ((Number) config.get(key)).longValue();
    }
}
