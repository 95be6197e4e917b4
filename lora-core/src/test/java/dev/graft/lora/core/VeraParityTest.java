package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with HF PEFT. */
class VeraParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new VeraMethod();
    }
}
