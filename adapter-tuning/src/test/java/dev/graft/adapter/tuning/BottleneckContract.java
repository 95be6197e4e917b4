package dev.graft.adapter.tuning;

import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** The laws of a method whose settings are those of a bottleneck. */
abstract class BottleneckContract extends MethodContract {
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
