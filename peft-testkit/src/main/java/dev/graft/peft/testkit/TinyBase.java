package dev.graft.peft.testkit;

import dev.graft.autograd.CounterRandom;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A BERT small enough to train in milliseconds, with random weights: a Hugging Face directory for tests. Its sizes all
 * differ, so that a shape that is turned around does not fit; its weights are large, so that every part matters; it
 * drops out in training.
 */
public final class TinyBase {
    /** The classes of its own classifier. */
    public static final List<String> LABELS = List.of("lake", "river", "sea");

    /** Most tokens of a row. */
    public static final int POSITIONS = 48;

    /** Most tokens of a row: rows that an adapter puts in front of it find room. */
    public static final int LONGEST = 24;

    static final int HIDDEN = 24;
    static final int INNER = 40;
    static final int LAYERS = 2;

    private TinyBase() {}

    /**
     * Writes config.json, model.safetensors and tokenizer.json.
     *
     * @param folder is made if there is none
     * @param seed of the weights: another seed is another base
     * @return the folder
     */
    public static Path write(Path folder, long seed) throws IOException {
        return write(folder, tensors(seed));
    }

    static Path write(Path folder, Map<String, AdapterTensor> tensors) throws IOException {
        AtomicFiles.write(folder.resolve("config.json"), Json.pretty(config()));
        AtomicFiles.write(folder.resolve("tokenizer.json"), Json.pretty(TinyTokenizer.json()));
        SafetensorsWriter writer = new SafetensorsWriter();
        tensors.forEach((name, tensor) -> writer.add(name, tensor.shape(), tensor.values()));
        writer.write(folder.resolve("model.safetensors"));
        return folder;
    }

    private static Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", "bert");
        config.put("architectures", List.of("BertForSequenceClassification"));
        config.put("vocab_size", TinyTokenizer.VOCABULARY.size());
        config.put("hidden_size", HIDDEN);
        config.put("num_hidden_layers", LAYERS);
        config.put("num_attention_heads", 3);
        config.put("intermediate_size", INNER);
        config.put("hidden_act", "gelu");
        config.put("max_position_embeddings", POSITIONS);
        config.put("type_vocab_size", 2);
        config.put("layer_norm_eps", 1e-12);
        config.put("hidden_dropout_prob", 0.1);
        config.put("attention_probs_dropout_prob", 0.1);
        config.put("id2label", Map.of("0", LABELS.get(0), "1", LABELS.get(1), "2", LABELS.get(2)));
        return config;
    }

    /** Its weights by their names in the file. */
    static Map<String, AdapterTensor> tensors(long seed) {
        Weights weights = new Weights(new CounterRandom(seed), new LinkedHashMap<>());
        String embeddings = "bert.embeddings.";
        float[] words =
                weights.normal(embeddings + "word_embeddings.weight", 0, 1, TinyTokenizer.VOCABULARY.size(), HIDDEN);
        for (int i = 0; i < HIDDEN; i++) {
            words[TinyTokenizer.VOCABULARY.indexOf(TinyTokenizer.OVERFLOW) * HIDDEN + i] = i * 1e37f;
        }
        weights.normal(embeddings + "position_embeddings.weight", 0, 0.5, POSITIONS, HIDDEN);
        weights.normal(embeddings + "token_type_embeddings.weight", 0, 0.5, 2, HIDDEN);
        weights.norm(embeddings + "LayerNorm");
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "bert.encoder.layer." + layer + ".";
            for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
                weights.linear(at + "attention." + part, HIDDEN, HIDDEN);
            }
            weights.norm(at + "attention.output.LayerNorm");
            weights.linear(at + "intermediate.dense", INNER, HIDDEN);
            weights.linear(at + "output.dense", HIDDEN, INNER);
            weights.norm(at + "output.LayerNorm");
        }
        weights.linear("bert.pooler.dense", HIDDEN, HIDDEN);
        weights.linear("classifier", LABELS.size(), HIDDEN);
        return weights.tensors;
    }

    /** Seeded weights by name. */
    record Weights(CounterRandom random, Map<String, AdapterTensor> tensors) {
        float[] normal(String name, double mean, double spread, long... shape) {
            int length = 1;
            for (long extent : shape) {
                length *= (int) extent;
            }
            CounterRandom own = random.with(name);
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = (float) (mean + spread * own.gaussian(i));
            }
            tensors.put(name, new AdapterTensor(shape, values));
            return values;
        }

        void linear(String path, int out, int in) {
            normal(path + ".weight", 0, 1 / Math.sqrt(in), out, in);
            normal(path + ".bias", 0, 0.2, out);
        }

        void norm(String path) {
            norm(path, HIDDEN);
        }

        void norm(String path, int width) {
            normal(path + ".weight", 1, 0.2, width);
            normal(path + ".bias", 0, 0.2, width);
        }
    }
}
