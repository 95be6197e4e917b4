package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** The Pfeiffer adapter keeps the laws. */
class PfeifferContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new PfeifferMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "both", Map.of("mh_adapter", true, "non_linearity", "tanh", "reduction_factor", 3.5),
                "layer 1", Map.of("leave_out", List.of(0), "scaling", "channel", "reduction_factor", 2));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "reduction_factor", List.of(0, -1, Map.of("2", 4), Map.of("0", 4)),
                "bottleneck_size", List.of(0, 1.5),
                "non_linearity", List.of("none"),
                "scaling", List.of("free"),
                "leave_out", List.of(2, -1),
                "init_weights", List.of("zero"),
                "dropout", List.of(-0.1, 1));
    }
}
