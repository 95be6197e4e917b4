package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The laws of {@link DecodersContract} on an encoder-decoder with distances too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EveryFamilyContract extends DecodersContract {
    /** For the test class of a method. */
    protected EveryFamilyContract() {}

    /** On a tiny T5: distances instead of positions, an encoder and a decoder; it has no biases. */
    @Nested
    class OnT5 extends Laws {
        OnT5() {
            super(contract(), "t5");
        }
    }
}
