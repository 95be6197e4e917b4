package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The laws of {@link DecoderContract} on families without biases too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EveryFamilyContract extends DecoderContract {
    /** For the test class of a method. */
    protected EveryFamilyContract() {}

    /** On a tiny Gemma 2: norms of 1 + w before and behind, soft caps, a window. */
    @Nested
    class OnGemma2 extends Laws {
        OnGemma2() {
            super(contract(), "gemma2");
        }
    }

    /** On a tiny T5: distances instead of positions, an encoder and a decoder. */
    @Nested
    class OnT5 extends Laws {
        OnT5() {
            super(contract(), "t5");
        }
    }
}
