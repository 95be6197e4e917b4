package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.Adapter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hook that returns another shape than it must is refused, with its site and both shapes. */
class WrongShapesTest {
    /** Does one thing to what hooks are given at sites of one slot, before or after. */
    private record Wrong(Slot slot, boolean before, UnaryOperator<Var> fault) implements PeftMethod {
        @Override
        public String id() {
            return "wrong";
        }

        @Override
        public Injection configure(Settings settings, ModelShape model) {
            return (site, parameters) -> site.slot() == slot ? hook() : Hook.NONE;
        }

        private Hook hook() {
            return new Hook() {
                @Override
                public Var before(Context context, Var x) {
                    return before ? fault.apply(x) : x;
                }

                @Override
                public Var after(Context context, Var x, Var y) {
                    return before ? y : fault.apply(y);
                }
            };
        }
    }

    private static String refused(PeftMethod method) throws IOException {
        PeftMethods methods = new PeftMethods(List.of(method));
        try (Bench bench = new Bench(method, methods, "bert");
                Adapter adapter = bench.fresh(Map.of(), 1)) {
            Site first = bench.base.shape().sites().stream()
                    .filter(site -> adapter.hook(site) != Hook.NONE)
                    .findFirst()
                    .orElseThrow();
            String message = assertThrows(IllegalStateException.class, () -> bench.logits(adapter))
                    .getMessage();
            assertTrue(message.contains(first.path() + " (" + first.slot() + ") returned ["), message);
            return message;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"QUERY", "MLP_UP", "ATTENTION_BLOCK", "NORM", "LAYER", "EMBEDDING", "CACHE"})
    void aColumnTooFewAfterASite(Slot slot) throws IOException {
        String message = refused(new Wrong(slot, false, y -> y.columns(0, y.size(1) - 1)));
        assertTrue(message.contains("from after"), message);
        assertEquals(1, columns(message, "expected: [") - columns(message, "returned ["), message);
    }

    @ParameterizedTest
    @EnumSource(names = {"QUERY", "MLP_DOWN", "MLP_BLOCK", "CACHE"})
    void aColumnTooFewBeforeASite(Slot slot) throws IOException {
        String message = refused(new Wrong(slot, true, x -> x.columns(0, x.size(1) - 1)));
        assertTrue(message.contains("from before"), message);
        assertEquals(1, columns(message, "expected: [") - columns(message, "returned ["), message);
    }

    @ParameterizedTest
    @EnumSource(names = {"VALUE", "MLP_BLOCK", "LAYER", "EMBEDDING"})
    void aRowTooManyAfterASite(Slot slot) throws IOException {
        String message = refused(new Wrong(slot, false, y -> Var.concat(y, y.rows(0, 1))));
        assertEquals(columns(message, "expected: ["), columns(message, "returned ["), message);
    }

    private static int columns(String message, String shape) {
        String rest = message.substring(message.indexOf(shape) + shape.length());
        return Integer.parseInt(
                rest.substring(rest.indexOf(',') + 1, rest.indexOf(']')).trim());
    }
}
