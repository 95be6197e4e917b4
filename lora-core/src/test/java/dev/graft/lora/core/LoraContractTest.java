package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** LoRA keeps the laws. */
class LoraContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new LoraMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "random", Map.of("init_lora_weights", false, "r", 1),
                "patterns", Map.of("rank_pattern", Map.of("layer.1.*query", 3), "alpha_pattern", Map.of("value", 5)),
                "rslora", Map.of("use_rslora", true, "r", 4, "lora_alpha", 6),
                "all-linear", Map.of("target_modules", "all-linear", "r", 2),
                "gaussian", Map.of("init_lora_weights", "gaussian", "r", 3),
                "a_zero", Map.of("init_lora_weights", "a_zero"),
                "dropout", Map.of("lora_dropout", 0.1),
                "bias all", Map.of("bias", "all"),
                "bias lora_only", Map.of("bias", "lora_only"));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "r", List.of(0, -1, 1.5),
                "lora_alpha", List.of(0, -8),
                "lora_dropout", List.of(-0.1, 1, 1.5),
                "use_rslora", List.of("yes"),
                "init_lora_weights", List.of("zero", "pissa"),
                "bias", List.of("some"),
                "layers_to_transform", List.of(2, -1, List.of(0, 2)),
                "rank_pattern", List.of(Map.of("query", 0), Map.of("no_such_module", 4), Map.of("(", 4)));
    }
}
