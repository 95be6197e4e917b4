package dev.graft.selective.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.Map;

/** Tuning of the norms keeps the laws. */
class LayerNormContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new LayerNormMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of("default", Map.of(), "layer 1", Map.of("target_modules", ".*layer[.]1[.].*LayerNorm"));
    }
}
