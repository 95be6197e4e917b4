package dev.graft.prefix.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodContract;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prefix-Tuning keeps the laws. */
class PrefixContractTest extends MethodContract {
    @Override
    protected PeftMethod method() {
        return new PrefixMethod();
    }

    @Override
    protected Map<String, Map<String, ?>> settings() {
        return Map.of(
                "default", Map.of(),
                "one row", Map.of("num_virtual_tokens", 1),
                "zero", Map.of("init_weights", "zero", "num_virtual_tokens", 3),
                "text", Map.of("init_text", "balo demi fine", "num_virtual_tokens", 7),
                "projection", Map.of("prefix_projection", true, "num_virtual_tokens", 4, "encoder_hidden_size", 6),
                "unmoved", Map.of("shift_positions", false, "num_virtual_tokens", 4));
    }

    /** An encoder-decoder's rows as PEFT cuts them. */
    @Override
    protected Map<String, Map<String, ?>> settings(String family) {
        Map<String, Map<String, ?>> settings = new TreeMap<>(super.settings(family));
        if (family.equals("t5")) {
            settings.put("unmoved", Map.of("shift_positions", false, "num_virtual_tokens", 4));
        }
        if (family.equals("bart")) {
            settings.put("as PEFT", Map.of("layers_as_peft", true, "num_virtual_tokens", 3));
            settings.put("as PEFT, text", Map.of("layers_as_peft", true, "init_text", "balo", "num_virtual_tokens", 3));
            settings.put("cross", Map.of("sides", List.of("encoder", "cross"), "num_virtual_tokens", 3));
        }
        return settings;
    }

    @Override
    protected Map<String, List<?>> refused() {
        return Map.of(
                "num_virtual_tokens", List.of(0, 48),
                "encoder_hidden_size", List.of(0),
                "encoder_lr_ratio", List.of(0, -1),
                "init_weights", List.of("ones"),
                "num_layers", List.of(1, 13),
                "token_dim", List.of(7),
                "num_attention_heads", List.of(1),
                "num_transformer_submodules", List.of(2),
                "sides", List.of("decoder", "somewhere"));
    }
}
