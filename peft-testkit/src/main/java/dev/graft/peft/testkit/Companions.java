package dev.graft.peft.testkit;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Slot;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Small methods, one for each way in which a method can act, for batches and steps in which several methods meet. They
 * drop out in training, so that a mask that another adapter's rows shift is seen.
 */
final class Companions {
    /** Rows that {@code companion-rows} and {@code companion-keys} put in front of a text. */
    private static final int ROWS = 3;

    private Companions() {}

    /** All of them. */
    static PeftMethods methods() {
        return new PeftMethods(List.of(
                new Companion("companion-linear", Set.of(Slot.QUERY, Slot.MLP_UP), Companions::shift),
                new Companion("companion-block", Set.of(Slot.MLP_BLOCK), Companions::beside),
                new Companion("companion-rows", Set.of(Slot.EMBEDDING), Companions::inFront),
                new Companion("companion-keys", Set.of(Slot.CACHE), Companions::keys)));
    }

    private record Companion(String id, Set<Slot> slots, BiFunction<Parameter, Parameter, Hook> hook)
            implements PeftMethod {
        @Override
        public Injection configure(Settings settings, ModelShape model) {
            int width = model.keyValueHeads() * model.headSize();
            return (site, parameters) -> {
                if (!slots.contains(site.slot())) {
                    return Hook.NONE;
                }
                boolean rows = site.slot() == Slot.EMBEDDING || site.slot() == Slot.CACHE;
                int columns = site.slot() == Slot.CACHE ? width : site.outputSize();
                return hook.apply(
                        parameters.trainable("first", Init.normal(0.5), rows ? ROWS : 1, columns),
                        parameters.trainable("second", Init.normal(0.5), rows ? ROWS : 1, columns));
            };
        }
    }

    /** y + first + dropout(y) * second. */
    private static Hook shift(Parameter first, Parameter second) {
        return new Hook() {
            @Override
            public Var after(Context context, Var x, Var y) {
                return y.add(row(context, first)).add(context.dropout(y, 0.3).multiply(row(context, second)));
            }
        };
    }

    /** Changes what a block reads, and reads the residual. */
    private static Hook beside(Parameter first, Parameter second) {
        return new Hook() {
            @Override
            public Var before(Context context, Var x) {
                return x.add(row(context, first));
            }

            @Override
            public Var after(Context context, Var x, Var y) {
                Var read = context.norm(y.add(context.residual()));
                return y.add(context.dropout(read, 0.3).multiply(row(context, second)));
            }
        };
    }

    private static Var row(Context context, Parameter parameter) {
        return context.use(parameter).reshape(parameter.shape()[1]);
    }

    /** Rows at the embedding, [ROWS, hidden]. */
    private static Hook inFront(Parameter first, Parameter second) {
        return new Hook() {
            @Override
            public Var after(Context context, Var x, Var y) {
                return Var.concat(context.use(first).add(context.dropout(context.use(second), 0.3)), y);
            }

            @Override
            public int positions() {
                return ROWS;
            }
        };
    }

    /** Rows in front of keys and values, [ROWS, key-value heads * head size]; the text keeps its positions. */
    private static Hook keys(Parameter first, Parameter second) {
        return new Hook() {
            @Override
            public Var before(Context context, Var x) {
                return context.once(first, () -> context.use(first));
            }

            @Override
            public Var after(Context context, Var x, Var y) {
                return context.once(second, () -> context.use(second));
            }
        };
    }
}
