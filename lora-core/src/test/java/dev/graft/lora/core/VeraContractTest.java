package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** VeRA keeps the laws. */
class VeraContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new VeraMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of("r", 16),
                "all-linear", Map.of("target_modules", "all-linear", "r", 8, "bias", "vera_only"),
                "random", Map.of("init_weights", false, "r", 4, "vera_dropout", 0.1));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "r",
                List.of(0),
                "save_projection",
                List.of(false),
                "vera_dropout",
                List.of(1),
                "bias",
                List.of("some"));
    }
}
