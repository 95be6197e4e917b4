package dev.graft.prefix.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;

/** P-tuning keeps the laws. */
class PTuningContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new PTuningMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "lstm",
                        Map.of(
                                "encoder_reparameterization_type",
                                "LSTM",
                                "encoder_hidden_size",
                                6,
                                "encoder_num_layers",
                                2,
                                "encoder_dropout",
                                0.3,
                                "num_virtual_tokens",
                                3));
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "encoder_reparameterization_type", List.of("GRU"),
                "encoder_hidden_size", List.of(0),
                "encoder_lr_ratio", List.of(0, -1),
                "encoder_num_layers", List.of(1, 3),
                "encoder_dropout", List.of(0.1));
    }
}
