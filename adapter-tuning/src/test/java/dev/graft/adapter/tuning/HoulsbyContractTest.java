package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import java.util.Map;

/** The Houlsby adapter keeps the laws. */
class HoulsbyContractTest extends BottleneckContract {
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
}
