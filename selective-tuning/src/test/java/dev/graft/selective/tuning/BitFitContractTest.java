package dev.graft.selective.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** BitFit keeps the laws. */
class BitFitContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new BitFitMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "two of each layer", Map.of("target_modules", List.of("query", "intermediate.dense")),
                "projections", Map.of("exclude_modules", "LayerNorm"));
    }
}
