package dev.graft.peft.testkit;

import dev.graft.autograd.CustomOperation;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Settings;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Methods with one fault each. */
final class FaultyMethods {
    private FaultyMethods() {}

    private interface After {
        Var apply(Context context, Var y, Var shift);
    }

    private static class Faulty extends ShiftMethod {
        private final After after;

        Faulty(After after) {
            this.after = after;
        }

        @Override
        Hook hook(Parameter shift, double scale, double dropout) {
            return new Hook() {
                @Override
                public Var after(Context context, Var x, Var y) {
                    return after.apply(context, y, context.use(shift));
                }
            };
        }
    }

    static ShiftMethod changesTheBaseAtOnce() {
        return new ShiftMethod() {
            @Override
            Init start() {
                return Init.constant(0.01f);
            }
        };
    }

    static ShiftMethod saysThatItChangesTheBaseButDoesNot() {
        return new ShiftMethod() {
            @Override
            public Injection configure(Settings settings, ModelShape model) {
                Injection sound = super.configure(settings, model);
                return new Injection() {
                    @Override
                    public Hook attach(dev.graft.peft.spi.Site site, dev.graft.peft.spi.Parameters parameters) {
                        return sound.attach(site, parameters);
                    }

                    @Override
                    public boolean startsAsBase() {
                        return false;
                    }
                };
            }
        };
    }

    static ShiftMethod usesNoParameter() {
        return new Faulty((context, y, shift) -> y);
    }

    static ShiftMethod looksAtOtherRows() {
        return new Faulty(
                (context, y, shift) -> y.add(shift.multiply(context.sequences().tokens() / 10.0)));
    }

    static ShiftMethod hasAWrongGradient() {
        return new Faulty((context, y, shift) -> y.add(Var.custom(new Doubling(), shift)));
    }

    /** Twice its input; the backward pass forgets 3 % of the factor. */
    private static final class Doubling implements CustomOperation {
        @Override
        public INDArray forward(INDArray... inputs) {
            return inputs[0].mul(2);
        }

        @Override
        public INDArray[] backward(INDArray[] inputs, INDArray output, INDArray gradient) {
            return new INDArray[] {gradient.mul(1.94)};
        }
    }

    static ShiftMethod countsItsCalls() {
        AtomicInteger calls = new AtomicInteger();
        return new Faulty((context, y, shift) -> y.add(shift.multiply(calls.incrementAndGet())));
    }

    static ShiftMethod drawsItsOwnNumbers() {
        AtomicInteger draws = new AtomicInteger();
        return new ShiftMethod() {
            @Override
            Init start() {
                return (start, values) -> values[0] = draws.incrementAndGet() * 1e-3f;
            }
        };
    }

    static ShiftMethod dropsAtRandom() {
        AtomicInteger draws = new AtomicInteger();
        return new Faulty((context, y, shift) ->
                y.add(context.training() ? shift.multiply(1 + draws.incrementAndGet() % 7 * 0.1) : shift));
    }

    /** Uses the first context of all in every call. */
    static ShiftMethod keepsItsContext() {
        AtomicReference<Context> first = new AtomicReference<>();
        return new Faulty((context, y, shift) -> {
            first.compareAndSet(null, context);
            first.get().training();
            return y.add(shift);
        });
    }

    /** Keeps what it declares tensors with, and declares another one when it is first called. */
    static ShiftMethod declaresLate() {
        return new ShiftMethod() {
            @Override
            public Injection configure(Settings settings, ModelShape model) {
                Injection sound = super.configure(settings, model);
                return (site, parameters) -> {
                    Hook hook = sound.attach(site, parameters);
                    return hook == Hook.NONE ? hook : late(hook, parameters);
                };
            }
        };
    }

    private static Hook late(Hook hook, Parameters parameters) {
        return new Hook() {
            @Override
            public Var after(Context context, Var x, Var y) {
                parameters.trainable("late", Init.zeros(), 1);
                return hook.after(context, x, y);
            }
        };
    }

    static ShiftMethod doesNotCheckItsSettings() {
        return new ShiftMethod() {
            @Override
            public Injection configure(Settings settings, ModelShape model) {
                settings.any("scale", 1);
                settings.any("target_modules", "");
                return super.configure(new Settings("shift", java.util.Map.of()), model);
            }
        };
    }
}
