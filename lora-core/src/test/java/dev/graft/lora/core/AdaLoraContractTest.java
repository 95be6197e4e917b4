package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** AdaLoRA keeps the laws. */
class AdaLoraContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new AdaLoraMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "schedule", Map.of("init_r", 6, "target_r", 4, "tinit", 1, "tfinal", 2, "total_step", 5, "deltaT", 2),
                "free", Map.of("orth_reg_weight", 0, "init_lora_weights", false, "lora_dropout", 0.1, "init_r", 8));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "init_r", List.of(0),
                "target_r", List.of(0, 13),
                "beta1", List.of(0, 1),
                "beta2", List.of(0, 1),
                "total_step", List.of(0),
                "orth_reg_weight", List.of(-1),
                "rank_pattern", List.of(Map.of("no_such_module.lora_E", List.of(true))));
    }
}
