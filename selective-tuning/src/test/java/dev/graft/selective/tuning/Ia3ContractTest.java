package dev.graft.selective.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** IA3 keeps the laws. */
class Ia3ContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new Ia3Method();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "random", Map.of("init_ia3_weights", false),
                "outputs only", Map.of("feedforward_modules", List.of()),
                "all-linear", Map.of("target_modules", "all-linear", "feedforward_modules", ".*dense"));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of("init_ia3_weights", List.of("yes"), "feedforward_modules", List.of("query", ".*[.]query"));
    }
}
