package dev.graft.prefix.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with HF PEFT. */
class PTuningParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new PTuningMethod();
    }
}
