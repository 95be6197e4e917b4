package dev.graft.peft.testkit;

import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws that every PEFT method keeps. A method's test class extends this, gives the method and some settings, and
 * inherits all tests; no test asks which method it is.
 *
 * <pre>{@code
 * class MyMethodTest extends MethodContract {
 *     protected PeftMethod method() {
 *         return new MyMethod();
 *     }
 *
 *     protected Map<String, Map<String, ?>> settings() {
 *         return Map.of("default", Map.of(), "wide", Map.of("size", 32));
 *     }
 * }
 * }</pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MethodContract implements MethodLaws, OverflowLaw {
    private Bench bench;

    /** For the test class of a method. */
    protected MethodContract() {}

    /** A new instance of the method. */
    protected abstract PeftMethod method();

    /** The methods that are installed in the tests; more than one where several are put together. */
    protected PeftMethods methods() {
        return new PeftMethods(List.of(method()));
    }

    /** Settings by a name for the report; one of them should be the empty map, for the defaults. */
    protected abstract Map<String, Map<String, ?>> settings();

    /**
     * Settings for the laws on another family: gpt2, bart, albert or deberta-v2, and with {@link MoreFamiliesContract} others. The defaults must work everywhere; a method whose settings
     * name modules adds those of the family.
     */
    protected Map<String, Map<String, ?>> settings(String family) {
        return Map.of("default", Map.of());
    }

    /** The laws on a tiny GPT-2. */
    @Nested
    class OnGpt2 extends FamilyContract implements GenerationLaws, ResumeLaws {
        OnGpt2() {
            super(MethodContract.this, "gpt2");
        }
    }

    /** The laws on a tiny BART. */
    @Nested
    class OnBart extends FamilyContract implements GenerationLaws, ResumeLaws {
        OnBart() {
            super(MethodContract.this, "bart");
        }
    }

    /** The laws on a tiny ALBERT, whose layers are the same modules. */
    @Nested
    class OnAlbert extends FamilyContract {
        OnAlbert() {
            super(MethodContract.this, "albert");
        }
    }

    /** The laws on a tiny DeBERTa, which sends a table of distances through the projections of queries and keys. */
    @Nested
    class OnDeberta extends FamilyContract {
        OnDeberta() {
            super(MethodContract.this, "deberta-v2");
        }
    }

    /** Values that must be refused, by key: below and above every range. */
    protected Map<String, List<?>> refused() {
        return Map.of();
    }

    /**
     * False for a tensor whose gradient takes something as constant that is not, as a paper may ask for; it is not compared
     * with differences of the loss then, so compare its training with another library's ({@link MethodParity}).
     *
     * @param settings their name
     * @param tensor name in the adapter's file
     */
    @Override
    public boolean isExactGradient(String settings, String tensor) {
        return true;
    }

    @BeforeAll
    final void open() throws IOException {
        bench = new Bench(method(), methods(), "bert");
    }

    @AfterAll
    final void close() throws IOException {
        bench.close();
    }

    /** Each settings map once. */
    final Stream<Case> cases() {
        return new TreeMap<>(settings()).entrySet().stream().map(entry -> new Case(entry.getKey(), entry.getValue()));
    }

    @Override
    public final Bench bench() {
        return bench;
    }

    @Override
    public final Map<String, List<?>> refusedValues() {
        return refused();
    }
}
