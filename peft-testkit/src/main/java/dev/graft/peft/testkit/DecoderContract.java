package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of a method's {@link MethodContract} that depend on the family, on a decoder that the contract does not cover: what
 * an adapter changes, in batches, merged, in files, gradients of tokens, and cached generation. Training and settings are the
 * same code for all families.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DecoderContract {
    /** For the test class of a method. */
    protected DecoderContract() {}

    /** The method's own contract test, which gives the method and its settings by family. */
    protected abstract MethodContract contract();

    /** The laws that depend on the family. */
    abstract static class Laws extends FamilyBench
            implements OutputLaws, MixedLaws, MergeLaw, FileLaws, GenerationLaws {
        Laws(MethodContract contract, String family) {
            super(contract, family);
        }
    }

    /** On a tiny Qwen3: what LLaMA has (grouped heads, biases, a gate), norms of heads, a window. */
    @Nested
    class OnQwen3 extends Laws {
        OnQwen3() {
            super(contract(), "qwen3");
        }
    }
}
