package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of a method's {@link MethodContract} that depend on the family, on those families that the contract does not
 * cover: what an adapter changes, in batches, merged, in files, its gradients, and cached generation. Training and settings
 * are the same code for all of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EveryFamilyContract {
    /** For the test class of a method. */
    protected EveryFamilyContract() {}

    /** The method's own contract test, which gives the method and its settings by family. */
    protected abstract MethodContract contract();

    /** The laws that depend on the family. */
    private abstract static class Laws extends FamilyBench
            implements OutputLaws, MixedLaws, MergeLaw, GradientLaws, FileLaws {
        Laws(MethodContract contract, String family) {
            super(contract, family);
        }
    }

    /** On a tiny LLaMA: grouped heads, biases, a gate. */
    @Nested
    class OnLlama extends Laws implements GenerationLaws {
        OnLlama() {
            super(contract(), "llama");
        }
    }

    /** On a tiny Qwen3: norms of heads, biases, a window. */
    @Nested
    class OnQwen3 extends Laws implements GenerationLaws {
        OnQwen3() {
            super(contract(), "qwen3");
        }
    }

    /** On a tiny Gemma 2: norms of 1 + w before and behind, soft caps, a window. */
    @Nested
    class OnGemma2 extends Laws implements GenerationLaws {
        OnGemma2() {
            super(contract(), "gemma2");
        }
    }

    /** On a tiny T5: distances instead of positions, an encoder and a decoder. */
    @Nested
    class OnT5 extends Laws implements GenerationLaws {
        OnT5() {
            super(contract(), "t5");
        }
    }

    /** On a tiny RoBERTa: positions behind the padding token, a classifier of two layers. */
    @Nested
    class OnRoberta extends Laws {
        OnRoberta() {
            super(contract(), "roberta");
        }
    }

    /** On a tiny DistilBERT: no token types, no pooler. */
    @Nested
    class OnDistilbert extends Laws {
        OnDistilbert() {
            super(contract(), "distilbert");
        }
    }
}
