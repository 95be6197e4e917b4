package dev.graft.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleMapTest {
    @Test
    void modulesAreAsOnTheMap() {
        assertEquals(List.of(), ModuleMap.violations(Reactor.get().modules().values()));
    }

    @Test
    void aMethodThatRequiresTheModelIsFound() {
        assertPlanted(
                ModuleDescriptor.newModule("dev.graft.lora.core")
                        .requires("dev.graft.transformer.model")
                        .build(),
                "dev.graft.lora.core must not require dev.graft.transformer.model");
    }

    @Test
    void aMethodThatExportsIsFound() {
        assertPlanted(
                ModuleDescriptor.newModule("dev.graft.lora.core")
                        .exports("dev.graft.lora.core")
                        .build(),
                "dev.graft.lora.core must not export dev.graft.lora.core");
    }

    @Test
    void aModuleOffTheMapIsFound() {
        var modules = new ArrayList<>(Reactor.get().modules().values());
        modules.add(ModuleDescriptor.newModule("dev.graft.other").build());
        assertEquals(List.of("dev.graft.other is not on the module map"), ModuleMap.violations(modules));
    }

    @Test
    void aModuleThatWasNotBuiltIsFound() {
        var modules = new ArrayList<>(Reactor.get().modules().values());
        modules.removeIf(m -> m.name().equals("dev.graft.cli"));
        assertEquals(List.of("dev.graft.cli is on the module map, but was not built"), ModuleMap.violations(modules));
    }

    /** Puts one module in place of the real one of its name. */
    private static void assertPlanted(ModuleDescriptor planted, String violation) {
        var modules = new ArrayList<>(Reactor.get().modules().values());
        modules.replaceAll(m -> m.name().equals(planted.name()) ? planted : m);
        assertEquals(List.of(violation), ModuleMap.violations(modules));
    }
}
