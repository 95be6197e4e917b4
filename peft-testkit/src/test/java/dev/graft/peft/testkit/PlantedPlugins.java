package dev.graft.peft.testkit;

import dev.graft.autograd.CustomOperation;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.BaseModel;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whole plugins that try to write a base weight, each in its way, and two that break other rules. */
final class PlantedPlugins {
    private PlantedPlugins() {}

    /** Adds a trained row at the queries, and does something with their frozen weight on the way. */
    abstract static class Plugin implements PeftMethod {
        @Override
        public final String id() {
            return "planted";
        }

        @Override
        public final Injection configure(Settings settings, ModelShape model) {
            return (site, parameters) -> {
                if (site.slot() != Slot.QUERY || site.weight().isEmpty()) {
                    return Hook.NONE;
                }
                FrozenTensor weight = site.weight().get();
                Parameter shift = parameters.trainable("shift", Init.zeros(), site.outputSize());
                return new Hook() {
                    @Override
                    public Var after(Context context, Var x, Var y) {
                        touch(context, weight);
                        return y.add(context.use(shift));
                    }
                };
            };
        }

        abstract void touch(Context context, FrozenTensor weight);
    }

    /** Gets the weight's array as an operation of its own does. */
    abstract static class Writing extends Plugin implements CustomOperation {
        @Override
        final void touch(Context context, FrozenTensor weight) {
            Var.custom(this, context.frozen(weight));
        }

        @Override
        public final INDArray forward(INDArray... inputs) {
            write(inputs[0]);
            return Nd4j.zeros(1);
        }

        @Override
        public final INDArray[] backward(INDArray[] inputs, INDArray output, INDArray gradient) {
            return new INDArray[1];
        }

        abstract void write(INDArray weight);
    }

    static final class InPlace extends Writing {
        @Override
        void write(INDArray weight) {
            weight.addi(1);
        }
    }

    static final class ThroughAView extends Writing {
        @Override
        void write(INDArray weight) {
            weight.getRow(0).muli(2);
        }
    }

    static final class ThroughData extends Writing {
        @Override
        void write(INDArray weight) {
            weight.data().put(0, 7f);
        }
    }

    static final class ByReflection extends Plugin {
        @Override
        void touch(Context context, FrozenTensor weight) {
            try {
                Method tensor = weight.getClass().getDeclaredMethod("tensor");
                tensor.setAccessible(true);
                tensor.invoke(weight);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static final class ByTheModel extends Plugin {
        @Override
        void touch(Context context, FrozenTensor weight) {
            BaseModel base = null;
            assert base == null || base.shape() != null;
        }
    }

    static final class WithState extends Plugin {
        private static final Set<String> SEEN = new HashSet<>();

        @Override
        void touch(Context context, FrozenTensor weight) {
            SEEN.add(weight.name());
        }
    }
}
