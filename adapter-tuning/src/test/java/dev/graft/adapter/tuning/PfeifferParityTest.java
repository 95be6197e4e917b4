package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with AdapterHub. */
class PfeifferParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new PfeifferMethod();
    }
}
