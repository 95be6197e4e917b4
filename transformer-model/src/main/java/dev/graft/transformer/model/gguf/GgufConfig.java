package dev.graft.transformer.model.gguf;

import dev.graft.peft.spi.file.FileFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A GGUF file's metadata as a Hugging Face config.json of the LLaMA family. */
final class GgufConfig {
    private static final List<String> FAMILIES = List.of("llama", "qwen2", "qwen3");
    private static final String FREQUENCIES = "rope_freqs.weight";

    private final GgufFile file;
    private final Map<String, Object> metadata;
    private final String family;
    private final int heads;
    private final int headSize;

    GgufConfig(GgufFile file) throws FileFormatException {
        this.file = file;
        this.metadata = file.metadata();
        Object architecture = metadata.get("general.architecture");
        if (!FAMILIES.contains(String.valueOf(architecture))) {
            throw wrong("general.architecture", architecture, "one of " + String.join(", ", FAMILIES));
        }
        this.family = (String) architecture;
        this.heads = size("attention.head_count", null);
        int hidden = size("embedding_length", null);
        this.headSize = size("attention.key_length", hidden / heads);
        int values = size("attention.value_length", headSize);
        int rotated = size("rope.dimension_count", headSize);
        if (headSize < 2 || values != headSize || rotated != headSize || headSize % 2 != 0) {
            throw wrong(
                    "attention.key_length",
                    headSize,
                    "an even number, the same as attention.value_length (" + values + ") and rope.dimension_count ("
                            + rotated + ")");
        }
        none("expert_count");
    }

    int headSize() {
        return headSize;
    }

    /** True for the rows that llama.cpp stores in an order of its own: only under the architecture llama. */
    boolean isRotated(String name) {
        return family.equals("llama") && name.matches(".*\\.self_attn\\.[qk]_proj\\.(weight|bias)");
    }

    /** Refuses a tensor that nothing is known of. */
    void requireKnown(String name) throws FileFormatException {
        if (!name.equals(FREQUENCIES)) {
            throw new FileFormatException(
                    file.path(), "holds the tensor '" + name + "', which no " + family + " model that Graft reads has");
        }
    }

    /** What config.json would say. */
    Map<String, Object> json() throws FileFormatException {
        Map<String, Object> json = new LinkedHashMap<>();
        String name = family.equals("llama") ? "Llama" : family.replace('q', 'Q');
        json.put("architectures", List.of(name + "ForCausalLM"));
        json.put("model_type", family);
        json.put("hidden_act", "silu");
        json.put("hidden_size", size("embedding_length", null));
        json.put("intermediate_size", size("feed_forward_length", null));
        json.put("num_hidden_layers", size("block_count", null));
        json.put("num_attention_heads", heads);
        json.put("num_key_value_heads", size("attention.head_count_kv", heads));
        json.put("head_dim", headSize);
        json.put("max_position_embeddings", size("context_length", null));
        json.put("rms_norm_eps", number("attention.layer_norm_rms_epsilon", null));
        json.put("rope_theta", number("rope.freq_base", 10000.0));
        json.put("vocab_size", vocabulary());
        json.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
        if (!family.equals("qwen2")) {
            json.put("attention_bias", file.tensors().containsKey("blk.0.attn_q.bias"));
        }
        Map<String, Object> scaling = scaling();
        if (scaling != null) {
            json.put("rope_scaling", scaling);
        }
        put(json, "bos_token_id", "tokenizer.ggml.bos_token_id");
        put(json, "pad_token_id", "tokenizer.ggml.padding_token_id");
        List<Object> ends = new ArrayList<>();
        for (String key : List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")) {
            if (metadata.get(key) instanceof Integer id && !ends.contains(id)) {
                ends.add(id);
            }
        }
        if (!ends.isEmpty()) {
            json.put("eos_token_id", ends.size() == 1 ? ends.get(0) : ends);
        }
        return json;
    }

    private void put(Map<String, Object> json, String key, String stored) {
        if (metadata.get(stored) instanceof Integer id) {
            json.put(key, id);
        }
    }

    private long vocabulary() throws FileFormatException {
        GgufTensor words = file.tensors().get("token_embd.weight");
        if (words == null || words.shape().length != 2) {
            throw new FileFormatException(file.path(), "holds no table of words, token_embd.weight");
        }
        return words.shape()[0];
    }

    /** How long texts are reached: a factor on positions, or Llama 3.1's frequencies as a tensor. */
    private Map<String, Object> scaling() throws FileFormatException {
        if (file.tensors().containsKey(FREQUENCIES)) {
            return RotaryFactors.scaling(file, FREQUENCIES, number("rope.freq_base", 10000.0), headSize);
        }
        Object type = metadata.getOrDefault(family + ".rope.scaling.type", "none");
        if (type.equals("none")) {
            none("rope.scale_linear");
            return null;
        }
        if (!type.equals("linear")) {
            throw wrong("rope.scaling.type", type, "none or linear");
        }
        return Map.of("rope_type", "linear", "factor", number("rope.scaling.factor", null));
    }

    private void none(String key) throws FileFormatException {
        Object value = metadata.get(family + "." + key);
        if (value instanceof Number number && number.doubleValue() != 0) {
            throw wrong(key, value, "0");
        }
    }

    private int size(String key, Integer otherwise) throws FileFormatException {
        Object value = metadata.get(family + "." + key);
        if (value == null && otherwise != null) {
            return otherwise;
        }
        if (value instanceof Integer number && number >= 1) {
            return number;
        }
        throw wrong(key, value, "a whole number from 1");
    }

    private double number(String key, Double otherwise) throws FileFormatException {
        Object value = metadata.get(family + "." + key);
        if (value == null && otherwise != null) {
            return otherwise;
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            // a float's shortest digits: 1e-05 and not 9.99999974e-06
            return Double.parseDouble(Float.toString(number.floatValue()));
        }
        throw wrong(key, value, "a number");
    }

    private FileFormatException wrong(String key, Object value, String allowed) {
        String text = String.valueOf(value);
        return new FileFormatException(
                file.path(),
                "'" + key + "' is " + (text.length() > 100 ? text.substring(0, 100) + "..." : text) + "; allowed: "
                        + allowed);
    }
}
