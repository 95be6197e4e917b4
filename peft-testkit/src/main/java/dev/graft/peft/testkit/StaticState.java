package dev.graft.peft.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.Buffer;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What outlives every run: static fields that can change, or hold something that can. */
public final class StaticState {
    private static final List<Class<?>> MUTABLE =
            List.of(Collection.class, Map.class, Number.class, StringBuilder.class, ThreadLocal.class, Buffer.class);

    private StaticState() {}

    /**
     * No class has static state.
     *
     * @param allowed full names of fields that may, each for a reason of its own
     */
    public static ArchRule none(Set<String> allowed) {
        return classes()
                .should(new ArchCondition<>("have no static state") {
                    @Override
                    public void check(JavaClass one, ConditionEvents events) {
                        one.getFields().stream()
                                .filter(field -> isState(field) && !allowed.contains(field.getFullName()))
                                .forEach(field -> events.add(SimpleConditionEvent.violated(
                                        field, field.getFullName() + " is static and can change")));
                        one.getConstructorCallsFromSelf().stream()
                                .filter(call -> fillsStatic(call) && !allowed.contains(one.getFullName()))
                                .forEach(call -> events.add(SimpleConditionEvent.violated(
                                        call, "a static field can change: " + call.getDescription())));
                    }
                })
                .because("a run is a function of base, settings, data and seed, and of nothing that ran before");
    }

    private static boolean isState(JavaField field) {
        Set<JavaModifier> modifiers = field.getModifiers();
        if (!modifiers.contains(JavaModifier.STATIC) || modifiers.contains(JavaModifier.SYNTHETIC)) {
            return false;
        }
        JavaClass type = field.getRawType();
        return !modifiers.contains(JavaModifier.FINAL) || type.isArray() || !type.isInterface() && isMutable(type);
    }

    private static boolean isMutable(JavaClass type) {
        boolean boxed = type.getPackageName().equals("java.lang") && type.isAssignableTo(Number.class);
        return !boxed && MUTABLE.stream().anyMatch(type::isAssignableTo);
    }

    /** A collection that is made in a static initialiser, unless that makes unmodifiable views. */
    private static boolean fillsStatic(JavaConstructorCall call) {
        return call.getOrigin().getName().equals("<clinit>")
                && isMutable(call.getTargetOwner())
                && call.getOrigin().getMethodCallsFromSelf().stream()
                        .noneMatch(other -> other.getTargetOwner().isEquivalentTo(Collections.class)
                                && other.getName().startsWith("unmodifiable"));
    }
}
