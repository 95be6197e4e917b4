package dev.graft.adapter.tuning;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.testkit.MethodParity;

/** Agreement with AdapterHub. */
class HoulsbyParityTest extends MethodParity {
    @Override
    protected PeftMethod method() {
        return new HoulsbyMethod();
    }
}
