package dev.graft.peft.testkit;

import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import java.util.function.BiFunction;

/**
 * A method that is the one under test with something around its injection. Its tensors have the same names, so that the
 * same seed gives the same adapter.
 *
 * @param inner the method under test
 * @param around makes an injection of the method's own
 */
record Wrapped(PeftMethod inner, BiFunction<Injection, ModelShape, Injection> around) implements PeftMethod {
    @Override
    public String id() {
        return "wrapped";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        return around.apply(inner.configure(settings, model), model);
    }
}
