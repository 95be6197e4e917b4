package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.MethodPart;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterCombination;
import dev.graft.transformer.model.Combination;
import dev.graft.transformer.model.Combination.Kind;
import dev.graft.transformer.model.WeightedAdapter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Law 11: an adapter combined with nothing else is itself; what cannot be combined is refused. */
interface CombineLaw {
    Bench bench();

    /** True if adapters with these settings say that they can be combined. */
    private boolean combines(Case one) {
        return bench().method
                .configure(
                        new Settings(bench().method.id(), one.settings()),
                        bench().base.shape())
                .combinesLinearly();
    }

    /** True if what acts has products, and of several methods at once each has. */
    private boolean hasProducts(Case one) {
        List<MethodPart> parts = bench().methods.parts(bench().method.id());
        return parts.isEmpty()
                ? hasProducts(bench().method.id(), one.settings())
                : parts.stream().allMatch(part -> hasProducts(part.method(), part.alone(one.settings())));
    }

    private boolean hasProducts(String method, Map<String, ?> settings) {
        try (Adapter adapter = Adapter.create(bench().base, bench().methods, method, settings, List.of(), 1)) {
            return hasProducts(adapter);
        }
    }

    private boolean hasProducts(Adapter adapter) {
        return bench().base.shape().sites().stream()
                .anyMatch(site -> !adapter.hook(site).lowRank().isEmpty());
    }

    private Adapter combine(Combination how, WeightedAdapter... parts) {
        return AdapterCombination.combine(bench().base, bench().methods, List.of(parts), how);
    }

    /** With nothing pruned. */
    private static Combination whole(Kind kind) {
        return new Combination(kind, kind.prunes() ? 1.0 : null, null, null, 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anAdapterCombinedWithNothingElseIsItself(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1)) {
            WeightedAdapter all = new WeightedAdapter(adapter, 1);
            if (!combines(one)) {
                String message = assertThrows(SettingsException.class, () -> combine(Combination.of(Kind.LINEAR), all))
                        .getMessage();
                assertTrue(message.contains("cannot be combined"), message);
                return;
            }
            boolean products = hasProducts(one);
            for (Kind kind : Kind.values()) {
                if (!products && (kind == Kind.CAT || kind.choosesRank())) {
                    String message = assertThrows(SettingsException.class, () -> combine(whole(kind), all))
                            .getMessage();
                    assertTrue(message.contains("low-rank products"), message);
                    continue;
                }
                try (Adapter combined = combine(whole(kind), all)) {
                    Same.rounded(
                            bench().logits(adapter), bench().logits(combined), "combined by " + kind + " and alone");
                }
            }
        }
    }

    /** Shares of one adapter that add up to one are that adapter, where the sum is exact. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void sharesOfAnAdapterAddUpToIt(Case one) {
        if (!combines(one)) {
            return; // refused, as the law above asks
        }
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Adapter other = bench().lively(one.settings(), 2)) {
            WeightedAdapter more = new WeightedAdapter(adapter, 1.5);
            WeightedAdapter less = new WeightedAdapter(adapter, -0.5);
            WeightedAdapter none = new WeightedAdapter(other, 0);
            List<Kind> exact = hasProducts(one) ? List.of(Kind.CAT, Kind.SVD) : List.of(Kind.LINEAR);
            for (Kind kind : exact) {
                try (Adapter combined = combine(Combination.of(kind), more, none, less)) {
                    Same.rounded(
                            bench().logits(adapter), bench().logits(combined), "added up by " + kind + " and alone");
                }
            }
        }
    }
}
