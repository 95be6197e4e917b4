package dev.graft.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.graft.peft.testkit.PluginRules;
import dev.graft.peft.testkit.StaticState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule over the project's classes, and for each a planted violation that it finds. */
class RulesTest {
    private static final String PLANTED = "dev.graft.architecture.planted";
    private static final JavaClasses PLANTS = new ClassFileImporter().importPackages(PLANTED);

    /** These make the base, compute with it or write it to a file; nobody else sees the memory of a frozen weight. */
    private static final List<String> SEE_FROZEN_MEMORY = List.of(
            "dev.graft.transformer.model.weights..",
            "dev.graft.transformer.model.MergedModel",
            "dev.graft.transformer.model.architecture.Builder",
            "dev.graft.transformer.model.architecture.CheckpointSource",
            "dev.graft.transformer.model.overlay.HookedPass",
            "dev.graft.transformer.model.overlay.RouteContext");

    private static JavaClasses ours() {
        return Reactor.get().classes();
    }

    @Test
    void modulesAreFreeOfCycles() {
        Rules.noCyclesBetween(Reactor.get().modules().keySet()).check(ours());
        assertBites(Rules.noCyclesBetween(List.of(PLANTED + ".one", PLANTED + ".two")), "Cycle detected");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void packagesOfAModuleAreFreeOfCycles(String module) {
        Rules.noCyclesBetweenPackagesOf(module).check(ours());
    }

    static Set<String> modules() {
        return Reactor.get().modules().keySet();
    }

    @Test
    void aCycleBetweenPackagesIsFound() {
        assertBites(Rules.noCyclesBetweenPackagesOf(PLANTED), "Cycle detected");
    }

    @Test
    void methodsSeeOnlyTheContract() {
        var packages = ModuleMap.METHODS.stream().map(m -> "dev.graft." + m).toList();
        // A method module without classes passes: the module map has it, so it is not a typing error.
        Rules.methodsSeeOnlyTheContract(packages).allowEmptyShould(true).check(ours());
        assertBites(Rules.methodsSeeOnlyTheContract(List.of(PLANTED + ".method")), "org.nd4j");
        assertBites(Rules.methodsSeeOnlyTheContract(List.of(PLANTED + ".one")), PLANTED + ".two");
    }

    @Test
    void aMethodThatReachesTheModelIsFound() {
        assertBites(
                Rules.methodsSeeOnlyTheContract(List.of(PLANTED + ".method")), "dev.graft.transformer.model.BaseModel");
    }

    @ParameterizedTest
    @MethodSource("methodModules")
    void methodsKeepThePluginRules(String module) {
        PluginRules.check(new ClassFileImporter().importPackages("dev.graft." + module));
    }

    static Set<String> methodModules() {
        return ModuleMap.METHODS;
    }

    @Test
    void frozenMemoryIsSeenByFewClasses() {
        String reason = "a base weight is frozen by its type, and its memory can be written by native code";
        for (String owner : List.of("FrozenWeight", "Checkpoint")) {
            String weights = "dev.graft.transformer.model.weights." + owner;
            var rule = Rules.onlyFrom(SEE_FROZEN_MEMORY, weights, Set.of("tensor"), reason);
            rule.check(ours());
            assertBites(rule, "planted.frozen.Thawing");
        }
    }

    @Test
    void aBaseWeightIsWrittenNeitherInPlaceNorThroughAViewOrItsBuffer() {
        var rule = Rules.arraysAreWrittenOnlyIn("dev.graft.autograd..");
        rule.check(ours());
        for (String way : List.of("addi", "muliRowVector", "assign", "putScalar", "data")) {
            assertBites(rule, "INDArray." + way);
        }
        for (String way : List.of("inPlace", "throughAView", "throughData")) {
            assertBites(rule, "planted.frozen.Writing." + way);
        }
    }

    @Test
    void nothingIsReachedByReflection() {
        var rule = Rules.noReflectionFrom(alwaysTrue());
        rule.check(ours());
        for (String way : List.of("getDeclaredField", "setAccessible", "privateLookupIn")) {
            assertBites(rule, way);
        }
    }

    @Test
    void memoryIsWrittenByKernelsOnly() {
        var rule = Rules.onlyFrom(
                List.of("dev.graft.autograd.."),
                "dev.graft.autograd.memory.Tensor",
                Set.of("writable"),
                "an address that may be written is asked for where a kernel is called, which refuses frozen memory");
        rule.check(ours());
        assertBites(rule, "planted.frozen.Thawing");
    }

    @Test
    void methodsAreDiscoveredInOnePlace() {
        var rule = Rules.onlyFrom(
                List.of("dev.graft.peft.spi.PeftMethods"),
                "java.util.ServiceLoader",
                Set.of("load", "loadInstalled"),
                "two places that discover can find different methods");
        rule.check(ours());
        assertBites(rule, "planted.state.Registry");
    }

    @Test
    void nothingIsPrintedAndNothingEndsTheProcessButTheCommand() {
        Rules.noOutputFrom(not(resideInAnyPackage("dev.graft.cli.."))).check(ours());
        var exit = Rules.onlyFrom(
                List.of("dev.graft.cli.Main"),
                "java.lang.System",
                Set.of("exit"),
                "one place decides on the exit code");
        exit.check(ours());
        assertBites(exit, "planted.state.Registry");
        for (String reason : List.of("System.out", "System.err", "System.exit", "printStackTrace")) {
            assertBites(Rules.noOutputFrom(alwaysTrue()), reason);
        }
    }

    @Test
    void nothingBlocksAnEventLoop() {
        var verticles = assignableTo("io.vertx.core.VerticleBase");
        Rules.nothingBlocksAnEventLoop(verticles.or(resideInAnyPackage("dev.graft.runtime.vertx.transport")))
                .check(ours());
        for (String way : List.of("Files.size", "Thread.sleep", "CompletableFuture.join", "computeFingerprint")) {
            assertBites(Rules.nothingBlocksAnEventLoop(verticles), way);
        }
    }

    @Test
    void nothingOutlivesARun() {
        StaticState.none(Set.of()).check(ours());
        for (String field : List.of("count", "NAMES", "KNOWN", "NUMBERS")) {
            assertBites(StaticState.none(Set.of()), "planted.state.Registry." + field);
        }
        assertBites(StaticState.none(Set.of()), "java.util.TreeMap.<init>()");
    }

    private static void assertBites(ArchRule rule, String reason) {
        var error = assertThrows(AssertionError.class, () -> rule.check(PLANTS));
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }
}
