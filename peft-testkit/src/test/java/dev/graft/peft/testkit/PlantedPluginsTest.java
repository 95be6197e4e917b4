package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import java.io.IOException;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A plugin that tries to write a base weight is found by the rules, and when it runs it does not get there. */
class PlantedPluginsTest {
    private static final Class<?>[] SHARED = {PlantedPlugins.Plugin.class, PlantedPlugins.Writing.class};

    private static JavaClasses classes(Class<?> plugin) throws ClassNotFoundException {
        Class<?> hook = Class.forName(PlantedPlugins.Plugin.class.getName() + "$1");
        return new ClassFileImporter().importClasses(PlantedPlugins.class, SHARED[0], SHARED[1], hook, plugin);
    }

    /** The one rule that is broken, for this reason. */
    private static void assertBites(Class<?> plugin, String reason) throws ClassNotFoundException {
        JavaClasses classes = classes(plugin);
        var error = assertThrows(AssertionError.class, () -> PluginRules.check(classes));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
        long broken = PluginRules.rules(classes).stream()
                .filter(rule -> rule.allowEmptyShould(true).evaluate(classes).hasViolation())
                .count();
        assertEquals(1, broken, error.getMessage());
    }

    @Test
    void theRulesFindEachPlugin() throws ClassNotFoundException {
        PluginRules.check(classes(SHARED[1]));
        assertBites(PlantedPlugins.InPlace.class, "addi");
        assertBites(PlantedPlugins.ThroughAView.class, "muli");
        assertBites(PlantedPlugins.ThroughData.class, "data()");
        assertBites(PlantedPlugins.ByTheModel.class, "dev.graft.transformer.model.BaseModel");
        assertBites(PlantedPlugins.WithState.class, "HashSet.<init>()");
        JavaClasses reflecting = classes(PlantedPlugins.ByReflection.class);
        var error = assertThrows(AssertionError.class, () -> PluginRules.check(reflecting));
        for (String way : List.of("getDeclaredMethod", "setAccessible", "invoke")) {
            assertTrue(error.getMessage().contains(way), error.getMessage());
        }
    }

    /** An operation computes on copies: what it writes there is nobody's weight. */
    @Test
    void whatAnOperationWritesIsACopy() throws IOException {
        for (PeftMethod plugin : List.of(
                new PlantedPlugins.InPlace(), new PlantedPlugins.ThroughAView(), new PlantedPlugins.ThroughData())) {
            try (Bench bench = new Bench(plugin, new PeftMethods(List.of(plugin)), "bert");
                    Adapter adapter = bench.fresh(Map.of(), 1)) {
                String fingerprint = bench.base.computeFingerprint();
                float[][] bare = bench.logits(null);
                Same.bits(bare, bench.logits(adapter), "output of a plugin that writes a weight");
                new TinyRun(bench, new Case("default", Map.of()), 1).inMemory(2);
                assertEquals(fingerprint, bench.base.computeFingerprint());
                Same.bits(bare, bench.logits(null), "the base's output");
            }
        }
    }

    @Test
    void whatTheModulesHideStaysHidden() throws IOException {
        PeftMethod plugin = new PlantedPlugins.ByReflection();
        try (Bench bench = new Bench(plugin, new PeftMethods(List.of(plugin)), "bert");
                Adapter adapter = bench.fresh(Map.of(), 1)) {
            assertThrows(InaccessibleObjectException.class, () -> bench.logits(adapter));
        }
    }
}
