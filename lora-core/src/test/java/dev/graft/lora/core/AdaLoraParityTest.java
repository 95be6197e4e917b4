package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with HF PEFT. */
class AdaLoraParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new AdaLoraMethod();
    }
}
