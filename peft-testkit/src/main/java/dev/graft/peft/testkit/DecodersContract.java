package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of a method's {@link MethodContract} that depend on the family, on decoders that the contract does not cover: what
 * an adapter changes, in batches, merged, in files, gradients of tokens, and cached generation. Training and settings are the
 * same code for all families.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DecodersContract {
    /** For the test class of a method. */
    protected DecodersContract() {}

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

    /** On a tiny Gemma 2: norms of 1 + w before and behind, soft caps, a window. */
    @Nested
    class OnGemma2 extends Laws {
        OnGemma2() {
            super(contract(), "gemma2");
        }
    }
}
