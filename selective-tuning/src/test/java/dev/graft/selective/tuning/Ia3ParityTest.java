package dev.graft.selective.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with HF PEFT. */
class Ia3ParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new Ia3Method();
    }
}
