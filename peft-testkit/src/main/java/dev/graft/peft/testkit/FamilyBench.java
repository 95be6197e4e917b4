package dev.graft.peft.testkit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A method with its settings on another family of models than BERT, for the laws that a subclass names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FamilyBench {
    private final MethodContract contract;
    private final String family;
    private Bench bench;

    FamilyBench(MethodContract contract, String family) {
        this.contract = contract;
        this.family = family;
    }

    @BeforeAll
    final void open() throws IOException {
        bench = new Bench(contract.method(), contract.methods(), family);
    }

    @AfterAll
    final void close() throws IOException {
        bench.close();
    }

    /** Each settings map once. */
    final Stream<Case> cases() {
        return new TreeMap<>(contract.settings(family))
                .entrySet().stream().map(entry -> new Case(entry.getKey(), entry.getValue()));
    }

    /** The base and the method. */
    public final Bench bench() {
        return bench;
    }

    /** As the method's own contract says. */
    public final boolean isExactGradient(String settings, String tensor) {
        return contract.isExactGradient(settings, tensor);
    }

    /** None. */
    public final Map<String, List<?>> refusedValues() {
        return Map.of(); // values do not depend on the family
    }
}
