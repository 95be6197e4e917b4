package dev.graft.selective.tuning;

import dev.graft.peft.testkit.DecodersContract;
import dev.graft.peft.testkit.MethodContract;

/** The laws on decoders beyond those of every contract; T5 has no biases. */
class BitFitDecodersTest extends DecodersContract {
    @Override
    protected MethodContract contract() {
        return new BitFitContractTest();
    }
}
