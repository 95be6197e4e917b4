package dev.graft.prefix.tuning;

import dev.graft.peft.testkit.MethodContract;
import dev.graft.peft.testkit.MoreFamiliesContract;

/** The laws on more families of decoders. */
class PrefixFamiliesTest extends MoreFamiliesContract {
    @Override
    protected MethodContract contract() {
        return new PrefixContractTest();
    }
}
