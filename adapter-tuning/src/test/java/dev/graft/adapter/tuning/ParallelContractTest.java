package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** The Parallel adapter keeps the laws. */
class ParallelContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new ParallelMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "learned", Map.of("scaling", "learned", "reduction_factor", 4, "non_linearity", "swish"),
                "both", Map.of("mh_adapter", true, "scaling", 0.5, "init_weights", "bert"));
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
