package dev.graft.transformer.model;

import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.file.AdapterTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A LoRA or IA3 of AdapterHub's library under PEFT's names and keys. IA3 is a LoRA there whose B, [out, 1], scales what a
 * module puts out. Of a fused projection the library keeps the parts of its attn_matrices behind one another, in the order
 * q, k, v; here each is a site of its own.
 */
final class AdapterHubLowRank {
    private static final String ROOT = "base_model.model.";
    private static final String BETWEEN = ".loras.";
    private static final List<Map.Entry<String, Slot>> PARTS =
            List.of(Map.entry("q", Slot.QUERY), Map.entry("k", Slot.KEY), Map.entry("v", Slot.VALUE));

    private final List<Site> sites;
    private final Map<String, ?> config;
    private final boolean scales;
    private final Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
    private final Set<String> targets = new LinkedHashSet<>();

    AdapterHubLowRank(List<Site> sites, Map<String, ?> config, Map<String, AdapterTensor> theirs) {
        this.sites = sites;
        this.config = config;
        this.scales = isIa3(config);
        theirs.forEach(this::move);
    }

    private float alpha() {
        return config.get("alpha") instanceof Number number ? number.floatValue() : 1;
    }

    static boolean isIa3(Map<String, ?> config) {
        return "scale".equals(config.get("composition_mode"));
    }

    Map<String, AdapterTensor> tensors() {
        return tensors;
    }

    /** The keys of PEFT's LoraConfig or IA3Config. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("target_modules", List.copyOf(targets));
        if (scales) {
            settings.put("feedforward_modules", List.of());
        } else {
            settings.put("r", config.get("r"));
            settings.put("lora_alpha", config.get("alpha"));
            settings.put("lora_dropout", config.get("dropout"));
        }
        return settings;
    }

    private void move(String name, AdapterTensor tensor) {
        int at = name.indexOf(BETWEEN);
        if (at <= ROOT.length()) {
            tensors.put(name, tensor);
            return;
        }
        String module = name.substring(ROOT.length(), at);
        String below = name.substring(at + BETWEEN.length());
        boolean fused = sites.stream()
                .anyMatch(site ->
                        site.slot() == Slot.QUERY_KEY_VALUE && site.path().equals(module));
        if (!fused) {
            put(module, below, tensor);
            return;
        }
        if (scales && alpha() != 1) { // the library scales the parts that are not adapted by alpha too
            throw new IllegalArgumentException("'alpha' is " + config.get("alpha") + "; allowed: 1 at " + module);
        }
        List<Site> parts = parts(module);
        int rows = (int) tensor.shape()[0] / parts.size();
        int width = tensor.values().length / rows / parts.size();
        for (int i = 0; i < parts.size(); i++) {
            float[] values = Arrays.copyOfRange(tensor.values(), i * rows * width, (i + 1) * rows * width);
            put(parts.get(i).path(), below, new AdapterTensor(new long[] {rows, width}, values));
        }
    }

    /** The parts of a fused projection that are adapted, in the library's order. */
    private List<Site> parts(String module) {
        List<Site> parts = new ArrayList<>();
        List<?> chosen = config.get("attn_matrices") instanceof List<?> list ? list : List.of();
        PARTS.forEach(part -> sites.stream()
                .filter(site -> chosen.contains(part.getKey())
                        && site.slot() == part.getValue()
                        && site.path().startsWith(module + "."))
                .forEach(parts::add));
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(
                    "'attn_matrices' is " + chosen + ", but " + module + " is adapted; allowed: of q, k and v");
        }
        return parts;
    }

    private void put(String module, String below, AdapterTensor tensor) {
        targets.add(module);
        if (!scales) {
            tensors.put(ROOT + module + "." + below + ".weight", tensor);
        } else if (below.equals("lora_B")) {
            float[] scaled = tensor.values().clone();
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] *= alpha();
            }
            tensors.put(ROOT + module + ".ia3_l", new AdapterTensor(tensor.shape(), scaled));
        }
    }
}
