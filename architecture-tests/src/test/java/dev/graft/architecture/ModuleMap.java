package dev.graft.architecture;

import static java.util.stream.Collectors.toCollection;

import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which of our modules each module may require. A new module enters here first. */
final class ModuleMap {
    private static final String OURS = "dev.graft.";
    private static final Map<String, Set<String>> MAY_REQUIRE = Map.ofEntries(
            Map.entry("autograd", Set.of()),
            Map.entry("peft.spi", Set.of("autograd")),
            Map.entry("transformer.model", Set.of("peft.spi")),
            Map.entry("lora.core", Set.of("peft.spi")),
            Map.entry("prefix.tuning", Set.of("peft.spi")),
            Map.entry("adapter.tuning", Set.of("peft.spi")),
            Map.entry("selective.tuning", Set.of("peft.spi")),
            Map.entry("training", Set.of("transformer.model")),
            Map.entry("peft.testkit", Set.of("training")),
            Map.entry("runtime.vertx", Set.of("training")),
            Map.entry("cli", Set.of("runtime.vertx", "training")));

    private ModuleMap() {}

    /** The modules that hold PEFT methods. */
    static final Set<String> METHODS = Set.of("lora.core", "prefix.tuning", "adapter.tuning", "selective.tuning");

    /** Each module, edge or export that the map does not have; empty if all is well. */
    static List<String> violations(Collection<ModuleDescriptor> modules) {
        List<String> found = new ArrayList<>();
        var missing = new TreeSet<>(MAY_REQUIRE.keySet());
        for (ModuleDescriptor module : modules) {
            var name = shorten(module.name());
            missing.remove(name);
            if (!MAY_REQUIRE.containsKey(name)) {
                found.add(module.name() + " is not on the module map");
                continue;
            }
            var required = module.requires().stream()
                    .map(ModuleDescriptor.Requires::name)
                    .filter(r -> r.startsWith(OURS))
                    .map(ModuleMap::shorten)
                    .collect(toCollection(TreeSet::new));
            required.removeAll(MAY_REQUIRE.get(name));
            required.forEach(r -> found.add(module.name() + " must not require " + OURS + r));
            if (METHODS.contains(name)) {
                module.exports().forEach(e -> found.add(module.name() + " must not export " + e.source()));
            }
        }
        missing.forEach(m -> found.add(OURS + m + " is on the module map, but was not built"));
        return found;
    }

    private static String shorten(String module) {
        return module.substring(OURS.length());
    }
}
