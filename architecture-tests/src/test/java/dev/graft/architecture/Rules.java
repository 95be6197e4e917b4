package dev.graft.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The rules over classes, as functions of what they bind, so that a test can bind planted ones. */
final class Rules {
    private Rules() {}

    /** Modules, each with all its packages, do not depend on each other in a circle. */
    static ArchRule noCyclesBetween(Collection<String> modules) {
        List<String> longestFirst = modules.stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        return noCycles(
                        "modules",
                        one -> longestFirst.stream()
                                .filter(module -> isIn(one, module))
                                .findFirst())
                .because("each module can be read, built and replaced without those above it");
    }

    /** The packages of a module do not depend on each other in a circle. */
    static ArchRule noCyclesBetweenPackagesOf(String module) {
        return noCycles(
                        "packages of " + module,
                        one -> isIn(one, module) ? Optional.of(one.getPackageName()) : Optional.empty())
                .because("a package can be read without those that use it");
    }

    private static boolean isIn(JavaClass one, String root) {
        return (one.getPackageName() + ".").startsWith(root + ".");
    }

    private static ArchRule noCycles(String parts, Function<JavaClass, Optional<String>> part) {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass one) {
                        return part.apply(one).map(SliceIdentifier::of).orElse(SliceIdentifier.ignore());
                    }

                    @Override
                    public String getDescription() {
                        return parts;
                    }
                })
                .should()
                .beFreeOfCycles();
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

    /** A method of a class is called, or referred to, by the named classes only. */
    static ArchRule onlyFrom(Collection<String> callers, String owner, Collection<String> methods, String reason) {
        return noClasses()
                .that(not(named(callers)))
                .should()
                .accessTargetWhere(describe(
                        owner + "." + methods + " is used",
                        access -> access.getTarget().getOwner().getFullName().equals(owner)
                                && methods.contains(access.getTarget().getName())))
                .because(reason);
    }

    /** Exact names, or packages with all below them, which end in two dots. */
    private static DescribedPredicate<JavaClass> named(Collection<String> names) {
        var packages = names.stream().filter(name -> name.endsWith("..")).toArray(String[]::new);
        return describe("among " + names, (JavaClass one) -> names.contains(one.getFullName()))
                .or(resideInAnyPackage(packages));
    }

    /** The standard output belongs to the command; libraries log or throw. */
    static ArchRule noOutputFrom(DescribedPredicate<? super JavaClass> silent) {
        return noClasses()
                .that(silent)
                .should()
                .accessTargetWhere(describe("something is printed or the process ends", access -> {
                    String target = access.getTarget().getFullName().replaceAll("\\(.*", "");
                    return target.matches("java\\.lang\\.System\\.(out|err|exit|setOut|setErr)")
                            || target.matches("java\\.lang\\.Runtime\\.(exit|halt)")
                            || access.getTarget().getName().equals("printStackTrace");
                }))
                .because("results go to standard output, progress to standard error, and both are the command's");
    }

    /** Nobody reaches what a module hides. */
    static ArchRule noReflectionFrom(DescribedPredicate<? super JavaClass> bound) {
        return noClasses()
                .that(bound)
                .should()
                .accessTargetWhere(describe("a field is opened, a method found by name or memory poked", access -> {
                    String owner = access.getTarget().getOwner().getFullName();
                    return owner.startsWith("java.lang.reflect.")
                            || owner.startsWith("java.lang.invoke.MethodHandles")
                            || owner.startsWith("java.lang.invoke.VarHandle")
                            || owner.startsWith("sun.misc.Unsafe")
                            || owner.equals("java.lang.Class")
                                    && access.getTarget().getName().startsWith("getDeclared");
                }))
                .because("a weight that is frozen by its type and its module is not thawed by reflection");
    }

    /** An array of ND4J is changed by kernels only. */
    static ArchRule arraysAreWrittenOnlyIn(String... packages) {
        return noClasses()
                .that(not(resideInAnyPackage(packages)))
                .should()
                .accessTargetWhere(
                        describe(
                                "an array of ND4J is written, or its buffer taken",
                                access -> access.getTarget()
                                                .getOwner()
                                                .isAssignableTo("org.nd4j.linalg.api.ndarray.INDArray")
                                        && access.getTarget()
                                                .getName()
                                                .matches(
                                                        ".*[a-z]i((Row|Column)Vector)?|assign.*|put.*|set.*|replaceWhere|data")))
                .because("an array may be a view of memory that others use");
    }

    /** What runs on an event loop hands work over: it computes nothing, reads no file and waits for nobody. */
    static ArchRule nothingBlocksAnEventLoop(DescribedPredicate<? super JavaClass> onLoops) {
        return noClasses()
                .that(onLoops)
                .should()
                .accessTargetWhere(describe("a model computes, a file is read or a thread waits", access -> {
                    String owner = access.getTarget().getOwner().getFullName();
                    String name = access.getTarget().getName();
                    return owner.startsWith("dev.graft.transformer.model.")
                            || owner.startsWith("dev.graft.training.")
                            || owner.startsWith("dev.graft.autograd.")
                            || owner.startsWith("java.nio.file.Files")
                            || owner.startsWith("java.util.concurrent.") && name.matches("get|join|await|take|acquire")
                            || owner.equals("java.lang.Thread") && name.matches("sleep|join")
                            || owner.equals("java.lang.Object") && name.equals("wait");
                }))
                .because("an event loop serves all calls of a node, and a blocked one makes it seem dead");
    }
}
