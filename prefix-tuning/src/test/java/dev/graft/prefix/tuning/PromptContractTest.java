package dev.graft.prefix.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** Prompt Tuning keeps the laws. */
class PromptContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new PromptMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "random", Map.of("prompt_tuning_init", "RANDOM", "num_virtual_tokens", 1),
                "text",
                        Map.of(
                                "prompt_tuning_init",
                                "TEXT",
                                "prompt_tuning_init_text",
                                "balo demi fine",
                                "num_virtual_tokens",
                                7));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "num_virtual_tokens", List.of(0, 48),
                "prompt_tuning_init", List.of("zero", "text", "TEXT"),
                "num_layers", List.of(1),
                "token_dim", List.of(7));
    }
}
