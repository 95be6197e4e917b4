package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** The laws of a method's {@link MethodContract} on families that go beyond those of every method. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MoreFamiliesContract {
    /** For the test class of a method. */
    protected MoreFamiliesContract() {}

    /** The method's own contract test, which gives the method and its settings by family: llama, qwen3, gemma2 and t5. */
    protected abstract MethodContract contract();

    /** The laws on a tiny LLaMA: grouped heads, biases, a gate. */
    @Nested
    class OnLlama extends FamilyContract implements GenerationLaws {
        OnLlama() {
            super(contract(), "llama");
        }
    }

    /** The laws on a tiny Qwen3: norms of heads, biases, a window. */
    @Nested
    class OnQwen3 extends FamilyContract implements GenerationLaws {
        OnQwen3() {
            super(contract(), "qwen3");
        }
    }

    /** The laws on a tiny T5: distances instead of positions, an encoder and a decoder. */
    @Nested
    class OnT5 extends FamilyContract implements GenerationLaws {
        OnT5() {
            super(contract(), "t5");
        }
    }

    /** The laws on a tiny Gemma 2: norms of 1 + w before and behind, soft caps, a window. */
    @Nested
    class OnGemma2 extends FamilyContract implements GenerationLaws {
        OnGemma2() {
            super(contract(), "gemma2");
        }
    }
}
