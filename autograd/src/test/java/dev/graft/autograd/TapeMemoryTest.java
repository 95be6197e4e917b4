package dev.graft.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tape and its scopes give back what is not needed, keep what is, and refuse what would go wrong. */
class TapeMemoryTest {
    private Compute compute;

    @BeforeEach
    void open() {
        compute = Compute.open(MathMode.FP32, 1);
    }

    @AfterEach
    void close() {
        assertTrue(compute.arena().empty(), "every block came back");
        compute.close();
    }

    private static Var row(Tape tape, float... values) {
        return tape.constant(values, 1, values.length);
    }

    @Test
    void aScopeFreesWhatWasNotKept() {
        try (Tape tape = new Tape(compute, false)) {
            Var before = row(tape, 1, 2);
            Var kept;
            Var lost;
            try (Scope scope = tape.scope()) {
                lost = before.multiply(2);
                kept = scope.keep(before.multiply(3));
                try (Scope inner = tape.scope()) {
                    kept = inner.keep(kept.add(before));
                    kept = scope.keep(kept);
                }
            }
            assertArrayEquals(new float[] {4, 8}, tape.value(kept).toArray());
            assertArrayEquals(new float[] {1, 2}, tape.value(before).toArray());
            Var gone = lost;
            var error = assertThrows(
                    IllegalStateException.class, () -> tape.value(gone).toArray());
            assertTrue(error.getMessage().contains("after its scope ended"), error.getMessage());
        }
    }

    @Test
    void whatTheBackwardPassNeedsOutlivesItsScope() {
        try (Storage memory = Storage.allocate(2);
                Tape tape = new Tape(compute, true)) {
            Tensor value = Tensor.over(memory, 0, 1, 2);
            value.buffer().put(0, 3).put(1, 5);
            Var leaf = tape.leaf(value);
            Var loss;
            try (Scope scope = tape.scope()) {
                Var square = leaf.multiply(leaf);
                Var cube = square.multiply(leaf);
                loss = scope.keep(cube.matmul(tape.constant(new float[] {1, 1}, 2, 1)));
            }
            tape.backward(loss);
            assertArrayEquals(new float[] {27, 75}, tape.gradient(leaf).toArray());
        }
    }

    @Test
    void whatLastsOutlivesEveryScope() {
        try (Tape tape = new Tape(compute, false)) {
            Var lasting;
            try (Scope outer = tape.scope();
                    Scope inner = tape.scope()) {
                lasting = tape.lasting(() -> row(tape, 4, 5));
                row(tape, 6);
            }
            assertArrayEquals(new float[] {4, 5}, tape.value(lasting).toArray());
        }
    }

    @Test
    void nothingIsSavedWhereNothingIsTrained() {
        try (Tape tape = new Tape(compute, true)) {
            Var x = row(tape, 1, 2);
            Var[] y = new Var[1];
            try (Scope scope = tape.scope()) {
                y[0] = x.multiply(x).gelu().softmax();
            }
            assertFalse(y[0].requiresGradient());
            assertThrows(IllegalStateException.class, () -> tape.value(y[0]).toArray());
            var error = assertThrows(IllegalStateException.class, () -> tape.backward(row(tape, 1)));
            assertTrue(error.getMessage().contains("nothing that is trained"), error.getMessage());
        }
    }

    @Test
    void anUnreachedLeafHasNoGradient() {
        try (Storage memory = Storage.allocate(2);
                Tape tape = new Tape(compute, true)) {
            memory.buffer().put(0, 1).put(1, 2);
            Var used = tape.leaf(Tensor.over(memory, 0, 1, 1));
            Var unused = tape.leaf(Tensor.over(memory, 1, 1, 1));
            unused.multiply(unused);
            tape.backward(used.multiply(used));
            assertNull(tape.gradient(unused));
            assertArrayEquals(new float[] {2}, tape.gradient(used).toArray());
        }
    }

    @Test
    void scopesAreClosedInOrder() {
        Tape tape = new Tape(compute, false);
        Scope outer = tape.scope();
        Scope inner = tape.scope();
        var error = assertThrows(IllegalStateException.class, outer::close);
        assertTrue(error.getMessage().contains("reverse order"), error.getMessage());
        inner.close();
        outer.close();
        tape.close();
    }

    @Test
    void aClosedTapeIsNotUsed() {
        Tape tape = new Tape(compute, true);
        Var x = row(tape, 1);
        tape.close();
        tape.close();
        assertThrows(IllegalStateException.class, tape::scope);
        assertThrows(IllegalStateException.class, () -> tape.value(x).toArray());
    }

    @Test
    void aTapeOfAnotherThreadIsRefused() {
        var error = assertThrows(
                ExecutionException.class,
                () -> CompletableFuture.runAsync(() -> new Tape(compute, false)).get());
        assertEquals(IllegalStateException.class, error.getCause().getClass());
        assertTrue(error.getMessage().contains("compute of thread"), error.getMessage());
    }

    @Test
    void valuesOfTwoTapesDoNotMix() {
        try (Tape one = new Tape(compute, false);
                Tape other = new Tape(compute, false)) {
            Var x = row(one, 1);
            Var y = row(other, 2);
            var error = assertThrows(IllegalArgumentException.class, () -> x.add(y));
            assertTrue(error.getMessage().contains("belongs to another tape"), error.getMessage());
        }
    }

    @Test
    void aSecondBackwardPassIsRefused() {
        try (Storage memory = Storage.allocate(1);
                Tape tape = new Tape(compute, true)) {
            memory.buffer().put(0, 2);
            Var leaf = tape.leaf(Tensor.over(memory, 0, 1, 1));
            Var loss = leaf.multiply(leaf);
            tape.backward(loss);
            var error = assertThrows(IllegalStateException.class, () -> tape.backward(loss));
            assertTrue(error.getMessage().contains("already"), error.getMessage());
            assertThrows(IllegalStateException.class, () -> loss.multiply(2));
        }
    }

    @Test
    void lossesAreSingleNumbers() {
        try (Storage memory = Storage.allocate(2);
                Tape tape = new Tape(compute, true)) {
            Var leaf = tape.leaf(Tensor.over(memory, 0, 1, 2));
            assertThrows(IllegalArgumentException.class, () -> tape.backward(leaf.multiply(2)));
        }
    }
}
