package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Asserts that tensors are declared while their site is attached, with whole shapes, and notes them. */
final class CheckedParameters implements Parameters, AutoCloseable {
    private final Parameters inner;
    private final Set<Parameter> declared;
    private final boolean[] closed;

    CheckedParameters(Parameters inner, Set<Parameter> declared) {
        this(inner, declared, new boolean[1]);
    }

    private CheckedParameters(Parameters inner, Set<Parameter> declared, boolean[] closed) {
        this.inner = inner;
        this.declared = declared;
        this.closed = closed;
    }

    private Parameter noted(String name, Parameter parameter, long... shape) {
        assertFalse(closed[0], () -> "tensor " + name + " is declared when attach has returned");
        assertFalse(name.isBlank(), "a tensor has no name");
        assertTrue(
                shape.length > 0 && Arrays.stream(shape).allMatch(extent -> extent > 0),
                () -> "tensor " + name + " has the shape " + Arrays.toString(shape));
        assertTrue(Arrays.equals(shape, parameter.shape()), () -> "tensor " + name + " got another shape");
        declared.add(parameter);
        return parameter;
    }

    @Override
    public Parameter trainable(String name, Init init, Tuning tuning, long... shape) {
        assertTrue(
                tuning.rateScale() >= 0 && Double.isFinite(tuning.rateScale()),
                () -> "tensor " + name + " has the rate scale " + tuning.rateScale());
        return noted(name, inner.trainable(name, init, tuning, shape), shape);
    }

    @Override
    public Parameter frozen(String name, Init init, long... shape) {
        return noted(name, inner.frozen(name, init, shape), shape);
    }

    @Override
    public Parameter frozenRandom(String name, Init init, long seed, long... shape) {
        return noted(name, inner.frozenRandom(name, init, seed, shape), shape);
    }

    @Override
    public Parameter derived(String name, List<Parameter> inputs, Function<Context, Var> value, long... shape) {
        assertTrue(declared.containsAll(inputs), () -> name + " is computed from tensors that were not declared");
        return noted(
                name,
                inner.derived(
                        name,
                        inputs,
                        context -> {
                            Var computed = value.apply(context);
                            assertTrue(
                                    Arrays.equals(shape, computed.shape()),
                                    () -> name + " was computed as " + computed + ", not " + Arrays.toString(shape));
                            return computed;
                        },
                        shape),
                shape);
    }

    @Override
    public Parameter state(String name, long... shape) {
        return noted(name, inner.state(name, shape), shape);
    }

    @Override
    public void copy(String name, Parameter of) {
        assertTrue(declared.contains(of), () -> name + " is a copy of a tensor that was not declared");
        inner.copy(name, of);
    }

    @Override
    public Parameters shared() {
        return new CheckedParameters(inner.shared(), declared, closed);
    }

    @Override
    public Parameters part(String name, boolean trained, double rateScale) {
        return new CheckedParameters(inner.part(name, trained, rateScale), declared, closed);
    }

    @Override
    public void close() {
        closed[0] = true;
    }
}
