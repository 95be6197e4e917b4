package dev.graft.prefix.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with HF PEFT. */
class PromptParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new PromptMethod();
    }
}
