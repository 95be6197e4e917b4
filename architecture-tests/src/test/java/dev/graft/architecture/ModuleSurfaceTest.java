package dev.graft.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What each module shows, as the file {@code modules.txt} has it. A change of it is a change of the contract with
 * plugins and users: it is made in the file too, and seen in review.
 */
class ModuleSurfaceTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "modules.txt");

    private static String surface(Collection<ModuleDescriptor> modules) {
        var text = new StringBuilder();
        for (ModuleDescriptor module : modules) {
            text.append(module.name()).append('\n');
            var lines = new TreeSet<String>();
            module.requires().stream()
                    .filter(requires -> requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE))
                    .forEach(requires -> lines.add("requires transitive " + requires.name()));
            module.exports().forEach(exports -> lines.add("exports " + exports.source() + targets(exports.targets())));
            module.opens().forEach(opens -> lines.add("opens " + opens.source() + targets(opens.targets())));
            module.uses().forEach(service -> lines.add("uses " + service));
            module.provides()
                    .forEach(provides -> lines.add(
                            "provides " + provides.service() + " with " + String.join(", ", provides.providers())));
            lines.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        return text.toString();
    }

    private static String targets(Collection<String> targets) {
        return targets.isEmpty() ? "" : " to " + String.join(", ", new TreeSet<>(targets));
    }

    @Test
    void modulesShowWhatTheFileSays() throws IOException {
        String actual = surface(Reactor.get().modules().values());
        Path found = Files.writeString(Path.of("target", "modules.txt"), actual);
        assertEquals(Files.readString(GOLDEN), actual, GOLDEN + " is another than " + found);
    }

    @Test
    void anotherExportIsFound() throws IOException {
        List<ModuleDescriptor> modules = new ArrayList<>();
        for (ModuleDescriptor module : Reactor.get().modules().values()) {
            modules.add(
                    module.name().equals("dev.graft.lora.core")
                            ? ModuleDescriptor.newModule(module.name())
                                    .exports("dev.graft.lora.core")
                                    .build()
                            : module);
        }
        assertNotEquals(Files.readString(GOLDEN), surface(modules));
    }
}
