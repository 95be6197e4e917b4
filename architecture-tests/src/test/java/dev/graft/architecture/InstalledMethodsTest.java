package dev.graft.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.testkit.MethodPairsContract;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every pair of the methods that Graft comes with, in one batch. */
class InstalledMethodsTest extends MethodPairsContract {
    @Override
    protected PeftMethods methods() {
        return new PeftMethods(provided());
    }

    /** What the modules of the reactor provide. */
    private static List<PeftMethod> provided() {
        List<PeftMethod> methods = new ArrayList<>();
        Reactor.get().modules().values().forEach(descriptor -> methods.addAll(of(descriptor)));
        return methods;
    }

    private static List<PeftMethod> of(ModuleDescriptor descriptor) {
        return descriptor.provides().stream()
                .filter(service -> service.service().equals(PeftMethod.class.getName()))
                .flatMap(service -> service.providers().stream())
                .map(InstalledMethodsTest::create)
                .toList();
    }

    private static PeftMethod create(String name) {
        try {
            return (PeftMethod) Class.forName(name).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + " cannot be made", e);
        }
    }

    /** An application on the class path, where modules are not read, has the same: by files of META-INF/services. */
    @Test
    void theClassPathHasTheMethodsThatTheModulesProvide() {
        Set<String> found = ServiceLoader.load(PeftMethod.class).stream()
                .map(provider -> provider.type().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = provided().stream()
                .map(method -> method.getClass().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(expected, found);
        assertEquals(methods().ids(), PeftMethods.discover(ModuleLayer.boot()).ids());
    }

    @Test
    void allMethodsOfTheProductAreFound() {
        assertTrue(
                methods()
                        .ids()
                        .containsAll(List.of("lora", "vera", "houlsby", "prefix", "prompt", "p-tuning-v2", "bitfit")),
                methods().ids().toString());
    }
}
