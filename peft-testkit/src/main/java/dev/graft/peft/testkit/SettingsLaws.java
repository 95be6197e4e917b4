package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.Adapter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings are read strictly. */
interface SettingsLaws {
    Bench bench();

    Map<String, List<?>> refusedValues();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anUnknownKeyIsRefusedWithTheKnownOnes(Case one) {
        String message = assertRefused(one, "no_such_setting", 1);
        try (Adapter adapter = bench().fresh(one.settings(), 1)) {
            adapter.settings().keySet().forEach(key -> assertTrue(message.contains(key), message));
        }
    }

    /** Where a method lets its user choose modules, a name that fits none is an error that lists the sites. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aTargetThatMatchesNothingIsRefusedWithTheSites(Case one) {
        for (Object target : List.of(List.of("no_such_module"), "no_such_module", ".*no_such_module.*", List.of())) {
            String message = assertRefused(one, "target_modules", target);
            try (Adapter adapter = bench().fresh(one.settings(), 1)) {
                if (adapter.settings().containsKey("target_modules")) {
                    sitesLikeThoseOf(adapter).forEach(site -> assertTrue(message.contains(site.path()), message));
                }
            }
        }
    }

    /** All sites of the slots at which the adapter has tensors; of the linear ones, if it has any there. */
    private List<Site> sitesLikeThoseOf(Adapter adapter) {
        List<Site> sites = bench().base.shape().sites();
        Set<Slot> slots = new HashSet<>();
        for (String name : Values.trained(adapter).keySet()) {
            sites.stream()
                    .filter(site -> name.startsWith("base_model.model." + site.path() + "."))
                    .max(Comparator.comparingInt(site -> site.path().length()))
                    .ifPresent(site -> slots.add(site.slot()));
        }
        boolean linear = slots.stream().anyMatch(Slot::isLinear);
        return sites.stream()
                .filter(site -> slots.contains(site.slot()) && (site.slot().isLinear() || !linear))
                .toList();
    }

    /** No setting takes a list of maps, and no number may be NaN. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void valuesOfAnotherTypeAreRefused(Case one) {
        try (Adapter adapter = bench().fresh(one.settings(), 1)) {
            adapter.settings().forEach((key, value) -> {
                assertRefused(one, key, List.of(Map.of("a", List.of(1))));
                if (value instanceof Number) {
                    assertRefused(one, key, Double.NaN);
                    assertRefused(one, key, Double.POSITIVE_INFINITY);
                    assertRefused(one, key, "a text");
                    assertRefused(one, key, true);
                } else if (value instanceof Boolean) {
                    assertRefused(one, key, 1);
                }
            });
        }
    }

    @Test
    default void valuesOutsideTheirRangesAreRefused() {
        refusedValues()
                .forEach((key, values) -> values.forEach(value -> {
                    String message = assertRefused(new Case("refused", Map.of()), key, value);
                    Object shown = value instanceof Map<?, ?> map
                            ? map.keySet().iterator().next()
                            : value;
                    assertTrue(message.contains(shown.toString()), message);
                }));
    }

    /** What an adapter records as its settings makes the same adapter. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void effectiveSettingsMakeTheSameAdapter(Case one) {
        try (Adapter adapter = bench().lively(one.settings(), 1);
                Adapter again = bench().lively(adapter.settings(), 1)) {
            assertEquals(adapter.settings(), again.settings());
            assertEquals(Values.trained(adapter).keySet(), Values.trained(again).keySet());
        }
    }

    private String assertRefused(Case one, String key, Object value) {
        Map<String, Object> settings = new HashMap<>(one.settings());
        settings.put(key, value);
        var error = assertThrows(
                SettingsException.class,
                () -> bench().fresh(settings, 1).close(),
                () -> "setting '" + key + "' may not be " + value);
        assertTrue(error.getMessage().contains(key), error.getMessage());
        return error.getMessage();
    }
}
