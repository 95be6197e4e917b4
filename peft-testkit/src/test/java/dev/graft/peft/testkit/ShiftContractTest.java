package dev.graft.peft.testkit;

import dev.graft.peft.spi.PeftMethod;
import java.util.List;
import java.util.Map;

/** A small method that goes about nothing the way LoRA does keeps the laws too. */
class ShiftContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new ShiftMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "everywhere", Map.of("target_modules", "all-linear", "scale", 2),
                "dropout", Map.of("dropout", 0.3, "target_modules", List.of("output.dense")));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of("scale", List.of(0.4, 2.1), "dropout", List.of(-0.1, 1));
    }
}
