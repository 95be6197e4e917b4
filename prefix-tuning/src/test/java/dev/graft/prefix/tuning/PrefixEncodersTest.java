package dev.graft.prefix.tuning;

import dev.graft.peft.testkit.MethodContract;
import dev.graft.peft.testkit.MoreEncodersContract;

/** The laws on RoBERTa and DistilBERT. */
class PrefixEncodersTest extends MoreEncodersContract {
    @Override
    protected MethodContract contract() {
        return new PrefixContractTest();
    }
}
