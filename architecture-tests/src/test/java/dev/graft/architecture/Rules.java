package dev.graft.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;

/** The rules over classes, as functions of the packages they bind, so that a test can bind planted ones. */
final class Rules {
    private Rules() {}

    /** The direct subpackages of a root, each with all below it, do not depend on each other in a circle. */
    static ArchRule noCycles(String root) {
        return slices().matching(root + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("each module can be read, built and replaced without those above it");
    }

    /** A PEFT method sees the contract and the operations, never the model, the weights or ND4J. */
    static ArchRule methodsSeeOnlyTheContract(Collection<String> methodPackages) {
        var methods = methodPackages.stream().map(p -> p + "..").toArray(String[]::new);
        return classes()
                .that()
                .resideInAnyPackage(methods)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(methods)
                        .or(resideInAnyPackage("java..", "dev.graft.peft.spi", "dev.graft.autograd")))
                .because("the framework owns the model, and a method only describes what it adds");
    }
}
