package dev.graft.prefix.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** P-tuning v2 keeps the laws. */
class PTuningV2ContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new PTuningV2Method();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "small", Map.of("init_std", 0.1, "num_virtual_tokens", 2));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of("num_virtual_tokens", List.of(0), "init_std", List.of(-1));
    }
}
