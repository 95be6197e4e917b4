package dev.graft.lora.core;

import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ranks that PEFT left in an AdaLoRA adapter: {@code rank_pattern} holds a list of booleans for each module's E. */
record RankPattern(Map<String, Integer> ranks, int otherwise) {
    private static final String KEY = "rank_pattern";

    static RankPattern read(Settings settings, int initial, List<Site> sites) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        settings.known(KEY);
        if (settings.has(KEY)) {
            Object given = settings.any(KEY, Map.of());
            if (!(given instanceof Map<?, ?> map)) {
                throw wrong(settings, given);
            }
            map.forEach((name, kept) -> {
                Site site = sites.stream()
                        .filter(one -> name.toString().endsWith(one.path() + ".lora_E"))
                        .findFirst()
                        .orElseThrow(() -> wrong(settings, given));
                ranks.put(site.path(), count(settings, given, kept, initial));
            });
        }
        return new RankPattern(ranks, initial);
    }

    private static int count(Settings settings, Object given, Object kept, int initial) {
        if (!(kept instanceof List<?> list)
                || list.size() != initial
                || !list.stream().allMatch(Boolean.class::isInstance)
                || !list.contains(true)) {
            throw wrong(settings, given);
        }
        return (int) list.stream().filter(Boolean.TRUE::equals).count();
    }

    private static RuntimeException wrong(Settings settings, Object given) {
        return settings.wrong(
                KEY,
                given,
                "a map from targets' paths with .lora_E to lists of init_r booleans, at least one of them true");
    }

    int rank(Site site) {
        return ranks.getOrDefault(site.path(), otherwise);
    }
}
