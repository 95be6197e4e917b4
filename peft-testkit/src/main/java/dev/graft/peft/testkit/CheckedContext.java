package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Parameter;
import java.util.Set;
import java.util.function.Supplier;

/** Asserts that a hook asks for its own tensors only, on the thread that called it, and not when it has returned. */
final class CheckedContext implements Context, AutoCloseable {
    private final Context inner;
    private final Set<Parameter> declared;
    private final Thread caller = Thread.currentThread();
    private boolean closed;

    CheckedContext(Context inner, Set<Parameter> declared) {
        this.inner = inner;
        this.declared = declared;
    }

    private Context open() {
        assertFalse(closed, "a hook keeps a context that is not valid any more");
        assertSame(caller, Thread.currentThread(), "a context belongs to the thread that computes");
        return inner;
    }

    @Override
    public Var use(Parameter parameter) {
        assertTrue(declared.contains(parameter), () -> "a hook uses a tensor of another adapter: " + parameter);
        return open().use(parameter);
    }

    @Override
    public Var frozen(FrozenTensor tensor) {
        Var value = open().frozen(tensor);
        assertFalse(value.requiresGradient(), () -> "a weight of the base gets a gradient: " + tensor.name());
        return value;
    }

    @Override
    public Var constant(float[] values, long... shape) {
        return open().constant(values, shape);
    }

    @Override
    public boolean training() {
        return open().training();
    }

    @Override
    public Var dropout(Var x, double probability) {
        assertTrue(probability >= 0 && probability < 1, () -> "a dropout probability is " + probability);
        return open().dropout(x, probability);
    }

    @Override
    public Sequences sequences() {
        return open().sequences();
    }

    @Override
    public int[] tokenIds() {
        return open().tokenIds();
    }

    @Override
    public int[] positions() {
        return open().positions();
    }

    @Override
    public Var residual() {
        return open().residual();
    }

    @Override
    public Var norm(Var value) {
        return open().norm(value);
    }

    @Override
    public <T> T once(Object key, Supplier<T> supplier) {
        return open().once(key, supplier);
    }

    @Override
    public void close() {
        closed = true;
    }
}
