package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** Two adapters of LoRA at once keep the laws; each is combined by itself. */
class LoraOnLoraContractTest extends MethodContract {
    @Override
    protected PeftMethods methods() {
        return new PeftMethods(List.of(new LoraMethod()));
    }

    @Override
    protected PeftMethod method() {
        return methods().get("lora+lora");
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default",
                Map.of(),
                "second on first",
                Map.of(
                        "lora.trained",
                        false,
                        "lora.init_lora_weights",
                        false,
                        "lora2.r",
                        2,
                        "lora2.bias",
                        "lora_only"));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of("lora2.r", List.of(0), "lora.lr_ratio", List.of(0));
    }
}
