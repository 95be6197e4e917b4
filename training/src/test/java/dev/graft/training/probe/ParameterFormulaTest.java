package dev.graft.training.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Slot;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

/** Formulas are those of the counts, and counts without one are found out. */
class ParameterFormulaTest {
    /** So many parameters at each end of a layer: a function of the hidden size and of a setting n, which is 4 by default. */
    private record Counting(IntBinaryOperator count) implements PeftMethod {
        @Override
        public String id() {
            return "counting";
        }

        @Override
        public Injection configure(Settings settings, ModelShape model) {
            int n = settings.integer("n", 4, 1, 64);
            settings.integer("without_effect", 3, 1, 100);
            settings.number("fraction", 0.5, 0, 1);
            return (site, parameters) -> {
                if (site.slot() == Slot.LAYER) {
                    parameters.trainable("t", Init.zeros(), count.applyAsInt(site.outputSize(), n));
                }
                return Hook.NONE;
            };
        }
    }

    private static ParameterFormula formula(Bases bases, String family, IntBinaryOperator count) {
        return new ParameterFormula(bases, new PeftMethods(List.of(new Counting(count))), "counting", family);
    }

    private static String found(String family, IntBinaryOperator count) {
        try (Bases bases = new Bases()) {
            ParameterFormula formula = formula(bases, family, count);
            String text = formula.find().text();
            assertEquals(text.contains("n") ? Map.of("n", 4) : Map.of(), formula.defaults());
            return text;
        }
    }

    @Test
    void formulasAreFound() {
        assertEquals("L d n", found("bert", (d, n) -> d * n));
        assertEquals("2 L d² / n + 3 L d + L", found("gpt2", (d, n) -> 2 * d * (d / n) + 3 * d + 1));
        assertEquals("E n² + 7 E + D n² + 7 D", found("bart", (d, n) -> n * n + 7));
        assertEquals("5 L d - 2 L n", found("bert", (d, n) -> 5 * d - 2 * n));
        assertEquals("9 L", found("bert", (d, n) -> 9));
    }

    @Test
    void countsWithoutAFormulaAreFoundOut() {
        assertNone((d, n) -> 1 << Math.min(20, n), "powers of n");
        assertNone((d, n) -> Math.min(d, 200) + n, "powers of d");
        assertNone((d, n) -> d * n + (d > 64 && n > 4 ? 1 : 0), "gives");
    }

    private static void assertNone(IntBinaryOperator count, String reason) {
        try (Bases bases = new Bases()) {
            String message = assertThrows(
                            IllegalStateException.class,
                            () -> formula(bases, "bert", count).find())
                    .getMessage();
            assertTrue(message.contains(reason), message);
        }
    }
}
