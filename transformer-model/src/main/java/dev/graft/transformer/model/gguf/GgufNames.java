package dev.graft.transformer.model.gguf;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of tensors in llama.cpp's files and in Hugging Face's of the LLaMA family. */
final class GgufNames {
    private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,5})\\.([a-z_]+)\\.(weight|bias)");
    private static final Map<String, String> OUTSIDE = Map.of(
            "token_embd.weight", "model.embed_tokens.weight",
            "output_norm.weight", "model.norm.weight",
            "output.weight", "lm_head.weight");
    private static final Map<String, String> INSIDE = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));

    private GgufNames() {}

    /** The name in a Hugging Face checkpoint, or null. */
    static String huggingFace(String name) {
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) {
            return OUTSIDE.get(name);
        }
        String module = INSIDE.get(layer.group(2));
        return module == null
                ? null
                : "model.layers." + Integer.parseInt(layer.group(1)) + "." + module + "." + layer.group(3);
    }
}
