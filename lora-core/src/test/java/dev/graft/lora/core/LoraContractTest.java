package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** LoRA keeps the laws. */
class LoraContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new LoraMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.ofEntries(
                Map.entry("default", Map.of()),
                Map.entry("random", Map.of("init_lora_weights", false, "r", 1)),
                Map.entry(
                        "patterns",
                        Map.of("rank_pattern", Map.of("layer.1.*query", 3), "alpha_pattern", Map.of("value", 5))),
                Map.entry("rslora", Map.of("use_rslora", true, "r", 4, "lora_alpha", 6)),
                Map.entry("all-linear", Map.of("target_modules", "all-linear", "r", 2)),
                Map.entry("gaussian", Map.of("init_lora_weights", "gaussian", "r", 3)),
                Map.entry("orthogonal", Map.of("init_lora_weights", "orthogonal", "r", 4)),
                Map.entry("a_zero", Map.of("init_lora_weights", "a_zero")),
                Map.entry("dropout", Map.of("lora_dropout", 0.1)),
                Map.entry("bias all", Map.of("bias", "all")),
                Map.entry("bias lora_only", Map.of("bias", "lora_only")),
                Map.entry("dora", Map.of("use_dora", true, "r", 4)),
                Map.entry("dora dropout", Map.of("use_dora", true, "lora_dropout", 0.1, "bias", "lora_only")),
                Map.entry("pissa", Map.of("init_lora_weights", "pissa", "r", 4, "lora_dropout", 0.1)),
                Map.entry("olora", Map.of("init_lora_weights", "olora", "target_modules", "output.dense")),
                Map.entry("dora pissa", Map.of("use_dora", true, "init_lora_weights", "pissa", "r", 3)),
                Map.entry(
                        "dora olora",
                        Map.of("use_dora", true, "init_lora_weights", "olora", "r", 2, "lora_dropout", 0.1)),
                Map.entry("plus", Map.of("loraplus_lr_ratio", 4)),
                Map.entry("fa", Map.of("lora_fa", true)));
    }

    /** DoRA takes the norm of the direction as constant, section 4.3. */
    @Override
    public boolean isExactGradient(String settings, String tensor) {
        return !settings.startsWith("dora") || !(tensor.contains("lora_A") || tensor.contains("lora_B"));
    }

    @Override
    protected Map<String, Map<String, ?>> settings(String family) {
        String part = switch (family) {
            case "gpt2" -> "c_attn.value";
            case "bart" -> "encoder_attn.k_proj";
            case "albert" -> "attention.dense";
            case "deberta-v2" -> "key_proj";
            case "t5" -> "EncDecAttention.k";
            default -> "mlp.gate_proj";
        };
        Map<String, Map<String, ?>> settings = new TreeMap<>(Map.of(
                "default", Map.of(),
                "all-linear", Map.of("target_modules", "all-linear", "r", 2, "use_rslora", true),
                "part", Map.of("target_modules", List.of(part), "lora_dropout", 0.1, "init_lora_weights", "gaussian"),
                "bias all", Map.of("bias", "all", "init_lora_weights", false)));
        if (family.equals("llama")) { // the table of words is the output projection too
            settings.put("words", Map.of("target_modules", List.of("embed_tokens", "down_proj"), "lora_bias", false));
            settings.put("tokens", Map.of("trainable_token_indices", List.of(3, 9, 4), "r", 2));
        }
        if (family.equals("gpt2")) {
            settings.put("shift", Map.of("lora_bias", true, "target_modules", List.of("mlp.c_fc"), "r", 2));
        }
        return settings;
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "r", List.of(0, -1, 1.5),
                "lora_alpha", List.of(0, -8),
                "lora_dropout", List.of(-0.1, 1, 1.5),
                "use_rslora", List.of("yes"),
                "init_lora_weights",
                        List.of("zero", "pissa_niter_4", "eva", "corda", "loftq", "lora_ga", "mica", "orthogonall"),
                "loraplus_lr_ratio", List.of(0, -1),
                "bias", List.of("some"),
                "layers_to_transform", List.of(2, -1, List.of(0, 2)),
                "rank_pattern", List.of(Map.of("query", 0), Map.of("no_such_module", 4), Map.of("(", 4)));
    }
}
