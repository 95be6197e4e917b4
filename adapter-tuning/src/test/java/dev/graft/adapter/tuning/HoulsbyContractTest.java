package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** The Houlsby adapter keeps the laws. */
class HoulsbyContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new HoulsbyMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "paper", Map.of("init_weights", "houlsby", "train_layer_norms", true, "bottleneck_size", 5),
                "as base", Map.of("init_weights", "mam_adapter", "non_linearity", "gelu", "dropout", 0.1),
                "by layer", Map.of("reduction_factor", Map.of("0", 4, "default", 2), "output_adapter", false));
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
