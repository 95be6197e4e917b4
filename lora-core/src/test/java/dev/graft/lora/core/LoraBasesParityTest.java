package dev.graft.lora.core;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;
import java.nio.file.Path;

/** Agreement with HF PEFT on every base of the parity fixtures, with the adapters that stand beside the bases. */
class LoraBasesParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new LoraMethod();
    }

    @Override
    protected Path adapters() {
        return bases();
    }
}
