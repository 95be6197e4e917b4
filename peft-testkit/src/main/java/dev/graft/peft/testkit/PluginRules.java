package dev.graft.peft.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.PeftMethod;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rules over a plugin's classes, which keep the base frozen and the method free of state. A plugin's test checks
 * them in one line:
 *
 * <pre>{@code
 * PluginRules.check("org.example.mymethod");
 * }</pre>
 */
public final class PluginRules {
    /** addi, muliRowVector, assign, putScalar, data. */
    private static final Pattern IN_PLACE =
            Pattern.compile(".*i((Row|Column)Vector)?|assign.*|put.*|set.*|replaceWhere|data");

    private static final Pattern REFLECTION =
            Pattern.compile("forName|newInstance|getDeclared.*|getMethods?|getFields?|getConstructors?|getClassLoader");

    private PluginRules() {}

    /**
     * Checks all rules on the classes of some packages and those below them. Tests are left out: what lies in a folder of
     * test classes, as Maven, Gradle and IntelliJ name theirs.
     *
     * @throws AssertionError that lists every violation of every rule, or says that there are no classes
     */
    public static void check(String... packages) {
        check(new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(packages));
    }

    /**
     * Checks all rules.
     *
     * @throws AssertionError that lists every violation of every rule, or says that there are no classes
     */
    public static void check(JavaClasses plugin) {
        if (plugin.isEmpty()) {
            throw new AssertionError("no classes were imported: check the name of the plugin's package");
        }
        String violations = rules(plugin).stream()
                .map(rule -> rule.allowEmptyShould(true).evaluate(plugin))
                .filter(EvaluationResult::hasViolation)
                .map(result -> result.getFailureReport().toString())
                .collect(Collectors.joining("\n"));
        if (!violations.isEmpty()) {
            throw new AssertionError(violations);
        }
    }

    /** All rules; the plugin's own classes may use each other. */
    public static List<ArchRule> rules(JavaClasses plugin) {
        return List.of(
                contractOnly(plugin),
                noWritingInPlace(),
                noReflection(),
                noNatives(),
                noState(),
                StaticState.none(Set.of()));
    }

    private static ArchRule contractOnly(JavaClasses plugin) {
        DescribedPredicate<JavaClass> own = describe(
                "its own",
                one -> plugin.contain(one.getBaseComponentType().getName().replaceAll("\\$.*", "")));
        return classes()
                .should()
                .onlyDependOnClassesThat(
                        own.or(resideInAnyPackage("java..", "dev.graft.peft.spi", "dev.graft.autograd"))
                                // what a custom operation needs, to compute on the copies that it is given

                                .or(resideInAnyPackage(
                                        "org.nd4j.linalg.api.ndarray",
                                        "org.nd4j.linalg.api.buffer",
                                        "org.nd4j.linalg.factory",
                                        "org.nd4j.linalg.ops..")))
                .because("the framework owns the model, and a method only describes what it adds");
    }

    private static ArchRule noWritingInPlace() {
        return noClasses()
                .should()
                .accessTargetWhere(describe(
                        "an array of ND4J is written in place",
                        access -> isIn(access, INDArray.class)
                                && IN_PLACE.matcher(access.getTarget().getName())
                                        .matches()))
                .because("an array may be shared, and a result is a new one");
    }

    private static ArchRule noReflection() {
        return noClasses()
                .should()
                .accessTargetWhere(describe("reflection is used", PluginRules::isReflection))
                .because("what the modules hide, the frozen weights first, stays hidden");
    }

    private static boolean isReflection(JavaAccess<?> access) {
        String owner = access.getTarget().getOwner().getFullName();
        return owner.startsWith("java.lang.reflect.")
                || owner.startsWith("java.lang.invoke.")
                || owner.startsWith("sun.")
                || owner.equals("java.lang.Class")
                        && REFLECTION.matcher(access.getTarget().getName()).matches();
    }

    private static ArchRule noNatives() {
        return methods()
                .should()
                .notHaveModifier(JavaModifier.NATIVE)
                .because("native code reaches any memory")
                .allowEmptyShould(true);
    }

    private static ArchRule noState() {
        return fields().that()
                .areDeclaredInClassesThat(assignableTo(PeftMethod.class)
                        .or(assignableTo(Injection.class))
                        .or(assignableTo(Hook.class)))
                .should()
                .beFinal()
                .because("any number of threads and requests share a method and its hooks");
    }

    private static boolean isIn(JavaAccess<?> access, Class<?> owner) {
        AccessTarget target = access.getTarget();
        return target.getOwner().isAssignableTo(owner);
    }
}
