package dev.graft.lora.core;

import dev.graft.peft.spi.LowRankForm;
import dev.graft.peft.spi.Site;
import java.util.List;
import java.util.Map;

/** Low-rank updates as LoRA stores them, with a scale of 1. */
final class LoraForm implements LowRankForm {
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
}
