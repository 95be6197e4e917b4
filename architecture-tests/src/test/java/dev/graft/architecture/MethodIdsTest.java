package dev.graft.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.graft.peft.spi.PeftMethod;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** No code asks which method it is: a method's id is a text in the method's own module only. */
class MethodIdsTest {
    /** Data files, messages and OpenAI's interface have a key that is also a method's id. */
    private static final String KEY = "prompt";

    private static final Set<String> WITH_KEY =
            Set.of("dev.graft.training.data", "dev.graft.runtime.vertx.message", "dev.graft.runtime.vertx.http");

    /** The package of each method's module, by id. */
    private static Map<String, String> ids() throws ReflectiveOperationException {
        var ids = new TreeMap<String, String>();
        for (ModuleDescriptor module : Reactor.get().modules().values()) {
            for (var provided : module.provides()) {
                if (provided.service().equals(PeftMethod.class.getName())) {
                    for (String provider : provided.providers()) {
                        var method = (PeftMethod)
                                Class.forName(provider).getDeclaredConstructor().newInstance();
                        ids.put(method.id(), module.name());
                    }
                }
            }
        }
        return ids;
    }

    private static List<String> violations(Map<String, String> ids, JavaClasses classes) {
        return classes.stream()
                .flatMap(one -> StringConstants.of(one).stream()
                        .filter(text -> isElsewhere(ids.get(text.toLowerCase(Locale.ROOT)), one))
                        .filter(text -> !text.equals(KEY) || !WITH_KEY.contains(one.getPackageName()))
                        .map(text -> one.getFullName() + " knows the method '" + text + "'"))
                .sorted()
                .toList();
    }

    private static boolean isElsewhere(String module, JavaClass one) {
        return module != null && !(one.getPackageName() + ".").startsWith(module + ".");
    }

    @Test
    void idsAreKnownInTheirOwnModulesOnly() throws ReflectiveOperationException {
        var ids = ids();
        assertEquals(
                ModuleMap.METHODS.size(),
                Map.copyOf(ids).values().stream().distinct().count());
        assertEquals(List.of(), violations(ids, Reactor.get().classes()));
    }

    @Test
    void aSwitchOnAnIdIsFound() {
        var planted = new ClassFileImporter().importPackages("dev.graft.architecture.planted.state");
        var found = violations(Map.of("lora", "dev.graft.lora.core"), planted);
        assertEquals(List.of("dev.graft.architecture.planted.state.Rates knows the method 'lora'"), found);
        assertFalse(violations(Map.of("lora", "dev.graft.architecture.planted.state"), planted)
                .contains("Rates"));
    }

    @Test
    void constantsAreRead() {
        var own = new ClassFileImporter().importClass(MethodIdsTest.class);
        assertTrue(StringConstants.of(own).contains("dev.graft.lora.core"));
        assertFalse(StringConstants.of(own).contains(own.getSimpleName()), "names of classes are no texts");
    }
}
