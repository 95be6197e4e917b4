package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.graft.autograd.CustomOperation;
import dev.graft.peft.spi.Hook;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PluginRulesTest {
    @Test
    void soundClassesPass() {
        PluginRules.check(new ClassFileImporter().importClasses(ShiftMethod.class, Cubing.class));
    }

    /** An operation of its own, on copies. */
    private record Cubing(double factor) implements CustomOperation {
        @Override
        public INDArray forward(INDArray... inputs) {
            return inputs[0].mul(inputs[0]).mul(inputs[0]).mul(factor);
        }

        @Override
        public INDArray[] backward(INDArray[] inputs, INDArray output, INDArray gradient) {
            INDArray three = Nd4j.ones(inputs[0].shape()).mul(3 * factor);
            return new INDArray[] {three.mul(inputs[0]).mul(inputs[0]).mul(gradient)};
        }
    }

    private static final class Adding {
        UnaryOperator<INDArray> inPlace(INDArray other) {
            return other::addi;
        }
    }

    private static final class ThroughAView {
        void write(INDArray array) {
            array.getRow(0).subi(1);
        }
    }

    private static final class ThroughData {
        void write(INDArray array) {
            array.data().put(0, 1);
        }
    }

    private static final class Assigning {
        void write(INDArray array) {
            array.assign(1);
        }
    }

    private static final class Putting {
        void write(INDArray array) {
            array.putScalar(0, 1);
        }
    }

    private static final class Peeking {
        Object buffer(INDArray array) {
            return array.data();
        }
    }

    private static final class Opening {
        void open(Field field) {
            field.setAccessible(true);
        }
    }

    private static final class Finding {
        Object find(Object hidden) throws ReflectiveOperationException {
            return hidden.getClass().getDeclaredField("tensor");
        }
    }

    private static final class HandlingIt {
        Object handle() {
            return java.lang.invoke.MethodHandles.lookup();
        }
    }

    private static final class ReachingIn {
        Object reach(dev.graft.transformer.model.BaseModel base) {
            return base;
        }
    }

    private static final class Native {
        native long address(Object hidden);
    }

    private static final class Remembering implements Hook {
        private int calls;

        @Override
        public int positions() {
            return calls++;
        }
    }

    private static final class Sharing {
        private static int calls;

        int next() {
            return calls++;
        }
    }

    private static final class Caching {
        private static final Map<String, float[]> SEEN = new HashMap<>();

        float[] seen(String path) {
            return SEEN.get(path);
        }
    }

    private static final class Loading {
        Class<?> load() throws ReflectiveOperationException {
            return Class.forName("dev.graft.transformer.model.weights.FrozenWeight");
        }
    }

    @Test
    void everyRuleBites() {
        assertBites(ThroughAView.class, "subi");
        assertBites(ThroughData.class, "data()");
        assertBites(Caching.class, "HashMap.<init>()");
        assertBites(Loading.class, "forName");
        assertBites(Adding.class, "addi");
        assertBites(Assigning.class, "assign");
        assertBites(Putting.class, "putScalar");
        assertBites(Peeking.class, "data()");
        assertBites(Opening.class, "setAccessible");
        assertBites(Finding.class, "getDeclaredField");
        assertBites(HandlingIt.class, "MethodHandles.lookup");
        assertBites(ReachingIn.class, "dev.graft.transformer.model.BaseModel");
        assertBites(Native.class, "native");
        assertBites(Remembering.class, "calls");
        assertBites(Sharing.class, "calls");
    }

    @Test
    void aMistypedPackageIsFound() {
        var none = new ClassFileImporter().importPackages("org.example.nothing");
        assertThrows(AssertionError.class, () -> PluginRules.check(none));
    }

    private static void assertBites(Class<?> planted, String reason) {
        var classes = new ClassFileImporter().importClasses(planted);
        var error = assertThrows(AssertionError.class, () -> PluginRules.check(classes), planted.getSimpleName());
        assertTrue(error.getMessage().contains(reason), error.getMessage());
    }
}
