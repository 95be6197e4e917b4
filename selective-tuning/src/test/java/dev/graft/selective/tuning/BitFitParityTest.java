package dev.graft.selective.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with biases trained in PyTorch. */
class BitFitParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new BitFitMethod();
    }
}
