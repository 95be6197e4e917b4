package dev.graft.architecture;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final String PLANTED = "dev.graft.architecture.planted";

    @Test
    void modulesAreFreeOfCycles() {
        Rules.noCycles("dev.graft").check(Reactor.get().classes());
    }

    @Test
    void methodsSeeOnlyTheContract() {
        var packages = ModuleMap.METHODS.stream().map(m -> "dev.graft." + m).toList();
        // A method module without classes passes: the module map has it, so it is not a typing error.
        Rules.methodsSeeOnlyTheContract(packages)
                .allowEmptyShould(true)
                .check(Reactor.get().classes());
    }

    @Test
    void aCycleIsFound() {
        assertBites(Rules.noCycles(PLANTED), "Cycle detected");
    }

    @Test
    void aMethodThatReachesTheTensorLibraryIsFound() {
        assertBites(Rules.methodsSeeOnlyTheContract(List.of(PLANTED + ".method")), "org.nd4j");
    }

    @Test
    void aMethodThatReachesAnotherPackageIsFound() {
        assertBites(Rules.methodsSeeOnlyTheContract(List.of(PLANTED + ".one")), PLANTED + ".two");
    }

    private static void assertBites(ArchRule rule, String reason) {
        var classes = new ClassFileImporter().importPackages(PLANTED);
        var error = assertThrows(AssertionError.class, () -> rule.check(classes));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }
}
