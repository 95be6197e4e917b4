package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.Settings;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an adapter may change in the output, and what it may not depend on. */
interface OutputLaws {
    Bench bench();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aNewAdapterChangesNothingUnlessTheMethodSaysSo(Case one) {
        boolean startsAsBase = bench().method
                .configure(
                        new Settings(bench().method.id(), one.settings()),
                        bench().base.shape())
                .startsAsBase();
        try (Adapter adapter = bench().fresh(one.settings(), 1)) {
            if (startsAsBase) {
                Same.bits(bench().logits(null), bench().logits(adapter), "output of a new adapter");
            } else {
                assertTrue(
                        Same.distance(bench().logits(null), bench().logits(adapter)) > 0,
                        "the method says that it does not start as the base, but it does");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anAdapterWhoseValuesMovedChangesTheOutput(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Adapter head = Adapter.create(
                        bench().base,
                        bench().methods,
                        Adapter.HEAD,
                        Map.of(),
                        bench().base.labels(),
                        1)) {
            Values.copyHead(adapter, head);
            double distance = Same.distance(bench().logits(head), bench().logits(adapter));
            assertTrue(distance > 1e-3, "with the same head the output differs by " + distance + " only");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aRowsOutputDoesNotDependOnTheOtherRows(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            List<TokenRow> rows = bench().rows;
            Classifier classifier = new Classifier(bench().base, bench().workers);
            float[][] together = bench().logits(adapter);
            float[][] alone = rows.stream()
                    .map(row -> classifier.logits(List.of(row), adapter)[0])
                    .toArray(float[][]::new);
            Same.rounded(alone, together, "a row among others and alone");
            List<TokenRow> many = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                many.addAll(rows);
            }
            float[][] first = new Classifier(bench().base, bench().workers(2)).logits(many, adapter);
            Same.rounded(alone, Arrays.copyOf(first, rows.size()), "a row among many on two threads, and alone");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void inAMixedBatchEachRowEqualsThatRowAlone(Case one) {
        try (Adapter a = bench().lively(one.settings(), 1);
                Adapter b = bench().lively(one.settings(), 2);
                Adapter head =
                        Adapter.create(bench().base, bench().methods, Adapter.HEAD, Map.of(), TinyBase.LABELS, 3)) {
            List<Adapter> adapters = new ArrayList<>();
            for (int i = 0; i < bench().rows.size(); i++) {
                adapters.add(Arrays.asList(a, null, b, a, head).get(i % 5));
            }
            Classifier classifier = new Classifier(bench().base, bench().workers);
            float[][] alone = new float[adapters.size()][];
            for (int i = 0; i < alone.length; i++) {
                alone[i] = classifier.logits(List.of(bench().rows.get(i)), adapters.get(i))[0];
            }
            Same.rounded(alone, classifier.logits(bench().rows, adapters), "a row in a mixed batch and alone");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void swappingAdaptersToAndFroChangesNothing(Case one) {
        try (Adapter a = bench().lively(one.settings(), 1);
                Adapter b = bench().lively(one.settings(), 2)) {
            float[][] bare = bench().logits(null);
            float[][] first = bench().logits(a);
            assertTrue(Same.distance(first, bench().logits(b)) > 0, "two adapters give the same output");
            Same.bits(first, bench().logits(a), "an adapter before and after another");
            Same.bits(bare, bench().logits(null), "the base before and after adapters");
        }
    }
}
