package dev.graft.selective.tuning;

import dev.graft.peft.testkit.EveryFamilyContract;
import dev.graft.peft.testkit.MethodContract;

/** The laws on families beyond those of every contract. */
class BitFitEveryFamilyTest extends EveryFamilyContract {
    @Override
    protected MethodContract contract() {
        return new BitFitContractTest();
    }
}
