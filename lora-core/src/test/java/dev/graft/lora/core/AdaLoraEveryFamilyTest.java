package dev.graft.lora.core;

import dev.graft.peft.testkit.EveryFamilyContract;
import dev.graft.peft.testkit.MethodContract;

/** The laws on families beyond those of every contract. */
class AdaLoraEveryFamilyTest extends EveryFamilyContract {
    @Override
    protected MethodContract contract() {
        return new AdaLoraContractTest();
    }
}
