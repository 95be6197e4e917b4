package dev.graft.selective.tuning;

import dev.graft.peft.testkit.DecoderContract;
import dev.graft.peft.testkit.MethodContract;

/** The laws on a decoder that has biases. */
class BitFitDecoderTest extends DecoderContract {
    @Override
    protected MethodContract contract() {
        return new BitFitContractTest();
    }
}
