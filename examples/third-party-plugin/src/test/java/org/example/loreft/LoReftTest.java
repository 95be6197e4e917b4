package org.example.loreft;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import dev.graft.peft.testkit.PluginRules;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LoReFT keeps the laws and the rules. */
class LoReftTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new LoReftMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of("default", Map.of(), "few", Map.of("r", 2, "layers", 1, "prefix_positions", 3, "dropout", 0.1));
    }

    @Override
    protected Map<String, Map<String, ?>> settings(String family) { // every family but bert
        return Map.of("default", Map.of(), "few", Map.of("r", 2, "prefix_positions", 12));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of("r", List.of(0, 25), "prefix_positions", List.of(-1), "dropout", List.of(1), "layers", List.of(2));
    }

    @Test
    void keepsTheRules() {
        PluginRules.check("org.example.loreft");
    }
}
