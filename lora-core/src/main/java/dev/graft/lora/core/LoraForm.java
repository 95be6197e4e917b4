package dev.graft.lora.core;

import dev.graft.peft.spi.LowRankForm;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Low-rank updates as LoRA stores them, with a scale of 1. */
final class LoraForm implements LowRankForm {
    private static final List<String> PLACES =
            List.of("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern");

    @Override
    public Map<String, Object> settings(List<Site> sites, int rank, boolean biases) {
        return Map.of(
                "r",
                rank,
                "lora_alpha",
                rank,
                "target_modules",
                sites.stream().map(Site::path).toList(),
                "bias",
                biases ? "lora_only" : "none");
    }

    @Override
    public Map<String, float[]> tensors(float[] a, float[] b, float[] bias) {
        return bias == null
                ? Map.of("lora_A.weight", a, "lora_B.weight", b)
                : Map.of("lora_A.weight", a, "lora_B.weight", b, "base_layer.bias", bias);
    }

    /** PiSSA's and OLoRA's difference of two products is one product of twice the rank, as PEFT converts them too. */
    @Override
    public Map<String, Object> combined(List<Map<String, Object>> settings, Map<Site, Integer> ranks) {
        List.of("use_dora", "bias").forEach(key -> requireSame(settings, key));
        Map<String, Object> combined = new LinkedHashMap<>(settings.get(0));
        int rank = ranks.values().iterator().next();
        Map<String, Integer> others = new LinkedHashMap<>();
        ranks.forEach((site, own) -> {
            if (own != rank) {
                others.put(site.path().replace(".", "\\."), own); // a key is a regular expression
            }
        });
        combined.put("r", rank);
        combined.put("lora_alpha", rank);
        combined.put("rank_pattern", others);
        combined.put("alpha_pattern", others);
        combined.put("use_rslora", false);
        combined.put("init_lora_weights", true);
        boolean samePlaces =
                PLACES.stream().allMatch(key -> values(settings, key).size() == 1);
        if (!samePlaces) {
            PLACES.forEach(combined::remove);
            combined.put(
                    "target_modules", ranks.keySet().stream().map(Site::path).toList());
        }
        return combined;
    }

    private static void requireSame(List<Map<String, Object>> settings, String key) {
        Set<String> values = values(settings, key);
        if (values.size() > 1) {
            throw new SettingsException("setting '" + key + "' differs among the adapters: "
                    + values.stream().sorted().collect(Collectors.joining(" and "))
                    + "; adapters of lora are combined with one value of it");
        }
    }

    private static Set<String> values(List<Map<String, Object>> settings, String key) {
        return settings.stream().map(one -> Objects.toString(one.get(key))).collect(Collectors.toSet());
    }
}
