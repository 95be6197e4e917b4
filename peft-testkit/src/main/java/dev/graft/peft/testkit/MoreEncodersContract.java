package dev.graft.peft.testkit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of a method's {@link MethodContract} that depend on the family, on encoders where other libraries fail with rows in
 * front of a text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MoreEncodersContract {
    /** For the test class of a method. */
    protected MoreEncodersContract() {}

    /** The method's own contract test, which gives the method and its settings by family. */
    protected abstract MethodContract contract();

    /** The laws that depend on the family. */
    private abstract static class Laws extends FamilyBench
            implements OutputLaws, MixedLaws, MergeLaw, GradientLaws, FileLaws {
        Laws(MethodContract contract, String family) {
            super(contract, family);
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
