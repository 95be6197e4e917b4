package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import java.util.List;
import java.util.Map;

/** The Pfeiffer adapter keeps the laws. */
class PfeifferContractTest extends BottleneckContract {
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
}
