package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import java.util.Map;

/** The Parallel adapter keeps the laws. */
class ParallelContractTest extends BottleneckContract {
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
}
