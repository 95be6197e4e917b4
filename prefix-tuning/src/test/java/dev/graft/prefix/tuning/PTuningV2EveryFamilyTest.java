package dev.graft.prefix.tuning;

import dev.graft.peft.testkit.EveryFamilyContract;
import dev.graft.peft.testkit.MethodContract;

/** The laws on families beyond those of every contract. */
class PTuningV2EveryFamilyTest extends EveryFamilyContract {
    @Override
    protected MethodContract contract() {
        return new PTuningV2ContractTest();
    }
}
