package dev.graft.training.probe;

import dev.graft.transformer.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of a small model of a family, by the letters that formulas use.
 *
 * @param family as config.json names it
 * @param letters size by letter, such as d for the hidden size
 */
record ModelSizes(String family, Map<String, Integer> letters) {
    /** The families that are tried, in the order of reports. */
    static final List<String> FAMILIES = List.of("bert", "gpt2", "bart");

    /** Features that the hidden size is a multiple of, so that bottlenecks of a share of it come out even. */
    static final int EVEN = 64;

    /** The smallest sizes. */
    static ModelSizes smallest(String family) {
        Map<String, Integer> letters = new LinkedHashMap<>();
        for (String layers : layers(family)) {
            letters.put(layers, 1);
        }
        letters.put("d", EVEN);
        letters.put("m", 3 * EVEN / 2);
        letters.put("h", 2);
        letters.put("v", 32);
        letters.put("p", 1024);
        return new ModelSizes(family, letters);
    }

    private static List<String> layers(String family) {
        return family.equals("bart") ? List.of("E", "D") : List.of("L");
    }

    /** The letters of numbers of layers. */
    List<String> layers() {
        return layers(family);
    }

    /** Sizes of a letter to try, the smallest first: all fit together, and four of them tell a polynomial. */
    static int[] steps(String letter) {
        int smallest = smallest("bart").letters.getOrDefault(letter, 1);
        return switch (letter) {
            case "h" -> new int[] {2, 4, 8, 16};
            case "L", "E", "D" -> new int[] {1, 2, 3, 5};
            default -> new int[] {smallest, 2 * smallest, 3 * smallest, 5 * smallest};
        };
    }

    /** What a letter means, for people. */
    static String meaning(String letter) {
        return switch (letter) {
            case "L" -> "layers";
            case "E" -> "layers of the encoder";
            case "D" -> "layers of the decoder";
            case "d" -> "hidden size";
            case "m" -> "features inside the feed-forward part";
            case "h" -> "attention heads";
            case "v" -> "tokens of the vocabulary";
            default -> "positions";
        };
    }

    /** The same with another size. */
    ModelSizes with(String letter, int size) {
        Map<String, Integer> changed = new LinkedHashMap<>(letters);
        changed.put(letter, size);
        return new ModelSizes(family, changed);
    }

    /** The model of these sizes. */
    ModelConfig config() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_type", family);
        json.put("vocab_size", letters.get("v"));
        json.put("pad_token_id", 0);
        json.put("bos_token_id", 1);
        json.put("eos_token_id", 2);
        switch (family) {
            case "bert" ->
                sizes(
                        json,
                        "hidden_size",
                        "num_hidden_layers",
                        "num_attention_heads",
                        "intermediate_size",
                        "max_position_embeddings");
            case "gpt2" -> sizes(json, "n_embd", "n_layer", "n_head", "n_inner", "n_positions");
            default -> bart(json);
        }
        return ModelConfig.of(json);
    }

    /** The sizes of a model of one stack, under the names that its family has for them. */
    private void sizes(
            Map<String, Object> json, String hidden, String layers, String heads, String inner, String positions) {
        json.put(hidden, letters.get("d"));
        json.put(layers, letters.get("L"));
        json.put(heads, letters.get("h"));
        json.put(inner, letters.get("m"));
        json.put(positions, letters.get("p"));
    }

    private void bart(Map<String, Object> json) {
        json.put("d_model", letters.get("d"));
        json.put("max_position_embeddings", letters.get("p"));
        json.put("decoder_start_token_id", 2);
        for (String side : List.of("encoder", "decoder")) {
            json.put(side + "_layers", letters.get(side.equals("encoder") ? "E" : "D"));
            json.put(side + "_attention_heads", letters.get("h"));
            json.put(side + "_ffn_dim", letters.get("m"));
        }
    }
}
