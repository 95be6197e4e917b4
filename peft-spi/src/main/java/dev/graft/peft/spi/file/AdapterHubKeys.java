package dev.graft.peft.spi.file;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The keys of one kind of AdapterHub's configurations (adapters 1.3).
 *
 * @param name of the kind, for messages
 * @param kept what the adapter is told
 * @param inert what has no effect unless another key asks for it, or is in the tensors
 * @param only what changes the result, with the one value that is supported; "absent" for null
 */
record AdapterHubKeys(String name, Set<String> kept, Set<String> inert, Map<String, Object> only) {
    private static final AdapterHubKeys BOTTLENECK = new AdapterHubKeys(
            "a bottleneck",
            Set.of(
                    "is_parallel",
                    "original_ln_before",
                    "mh_adapter",
                    "output_adapter",
                    "cross_adapter",
                    "leave_out",
                    "reduction_factor",
                    "non_linearity",
                    "scaling",
                    "dropout",
                    "init_weights"),
            Set.of(
                    "init_weights_seed",
                    "inv_adapter_reduction_factor",
                    "factorized_phm_W",
                    "factorized_phm_rule",
                    "hypercomplex_nonlinearity",
                    "learn_phm",
                    "phm_bias",
                    "phm_c_init",
                    "phm_dim",
                    "phm_init_range",
                    "phm_rank",
                    "shared_W_phm",
                    "shared_phm_rule"),
            Map.of(
                    "adapter_residual_before_ln", false,
                    "inv_adapter", "absent",
                    "ln_after", false,
                    "ln_before", false,
                    "original_ln_after", true,
                    "phm_layer", false,
                    "residual_before_ln", true,
                    "stochastic_depth", 0.0,
                    "use_gating", false));

    /** LoRA and, with composition_mode=scale, IA3; DoRA there scales the bias too, which PEFT's does not. */
    private static final AdapterHubKeys LOW_RANK = new AdapterHubKeys(
            "LoRA or IA3",
            Set.of("architecture", "composition_mode", "r", "alpha", "dropout", "attn_matrices"),
            Set.of(
                    "dtype",
                    "init_weights",
                    "init_weights_seed",
                    "intermediate_lora",
                    "leave_out",
                    "output_lora",
                    "selfattn_lora"),
            Map.of("use_dora", false, "use_gating", false, "vera_b", "absent", "vera_d", "absent"));

    private static final AdapterHubKeys PREFIX = new AdapterHubKeys(
            "a prefix",
            Set.of("architecture", "flat", "non_linearity"),
            Set.of(
                    "bottleneck_size",
                    "cross_prefix",
                    "encoder_prefix",
                    "init_weights_seed",
                    "prefix_length",
                    "shared_gating"),
            Map.of("dropout", 0.0, "leave_out", List.of(), "use_gating", false));

    /** The keys of a kind, as its configuration names it; null for one that is not read. */
    static AdapterHubKeys of(Map<?, ?> config) {
        Object kind = config.get("architecture");
        if (kind == null) {
            return BOTTLENECK;
        }
        if (config.containsKey("composition_mode")) {
            return LOW_RANK;
        }
        return kind.equals("prefix_tuning") ? PREFIX : null;
    }

    /** True if a value is the one that is supported. */
    boolean isSupported(String key, Object value) {
        Object wanted = only.get(key);
        return wanted instanceof Number number
                ? value instanceof Number given && given.doubleValue() == number.doubleValue()
                : Objects.equals(value == null && wanted.equals("absent") ? wanted : value, wanted);
    }
}
