package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.autograd.kernel.MathMode;
import org.junit.jupiter.api.Test;

/** A row is added to, or multiplied with, a value that has one row only. */
class OneRowTest {
    @Test
    void aRowFitsAValueOfOneRow() {
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            Var x = tape.constant(new float[] {1, 2, 3}, 1, 3);
            Var row = tape.constant(new float[] {10, 20, 30}, 3);
            assertArrayEquals(new float[] {11, 22, 33}, tape.value(x.add(row)).toArray());
            assertArrayEquals(
                    new float[] {10, 40, 90}, tape.value(x.multiply(row)).toArray());
            assertThrows(IllegalArgumentException.class, () -> row.add(x));
        }
    }
}
