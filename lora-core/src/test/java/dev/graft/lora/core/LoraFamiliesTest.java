package dev.graft.lora.core;

import dev.graft.peft.testkit.MethodContract;
import dev.graft.peft.testkit.MoreFamiliesContract;

/** The laws on more families of decoders. */
class LoraFamiliesTest extends MoreFamiliesContract {
    @Override
    protected MethodContract contract() {
        return new LoraContractTest();
    }
}
