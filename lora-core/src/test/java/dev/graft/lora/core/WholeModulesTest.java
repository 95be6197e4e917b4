package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterCombination;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Combination;
import dev.graft.transformer.model.WeightedAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Adapters with modules_to_save are combined whole, whichever comes first, and not trained on top of each other. */
class WholeModulesTest {
    private static final Path BASE =
            Path.of("..", "transformer-model", "src", "test", "resources", "parity", "bert", "gelu", "base");
    private static final PeftMethods METHODS = new PeftMethods(List.of(new LoraMethod()));
    private static final List<String> LABELS = List.of("a", "b");
    private static final Map<String, Object> PLAIN = Map.of("r", 2);
    private static final Map<String, Object> SAVING =
            Map.of("r", 2, "modules_to_save", List.of("attention.output.LayerNorm"));

    private static Set<String> names(Adapter adapter) {
        Set<String> names = new TreeSet<>();
        adapter.tensors().stored().forEach(tensor -> names.add(tensor.name()));
        return names;
    }

    @Test
    void aCombinationHasTheModulesOfAllInAnyOrder() throws Exception {
        Combination linear = new Combination(Combination.Kind.of("linear"), null, null, null, 0);
        try (BaseModel base = BaseModel.open(BASE);
                Adapter plain = Adapter.create(base, METHODS, "lora", PLAIN, LABELS, 1);
                Adapter saving = Adapter.create(base, METHODS, "lora", SAVING, LABELS, 2)) {
            assertTrue(names(saving).size() > names(plain).size());
            List<WeightedAdapter> parts = List.of(new WeightedAdapter(plain, 0.5), new WeightedAdapter(saving, 0.5));
            for (List<WeightedAdapter> order : List.of(parts, List.of(parts.get(1), parts.get(0)))) {
                try (Adapter combined = AdapterCombination.combine(base, METHODS, order, linear)) {
                    assertEquals(names(saving), names(combined));
                }
            }
        }
    }

    @Test
    void anAdapterOnAnotherWithModulesIsRefusedWithTheWayOut() throws Exception {
        try (BaseModel base = BaseModel.open(BASE);
                Adapter plain = Adapter.create(base, METHODS, "lora", PLAIN, LABELS, 1);
                Adapter saving = Adapter.create(base, METHODS, "lora", SAVING, LABELS, 2)) {
            SettingsException below = assertThrows(
                    SettingsException.class, () -> Adapter.createOn(base, METHODS, saving, "lora", PLAIN, LABELS, 3));
            assertTrue(below.getMessage().contains("modules_to_save"), below.getMessage());
            assertTrue(below.getMessage().contains("graft merge"), below.getMessage());
            SettingsException above = assertThrows(
                    SettingsException.class, () -> Adapter.createOn(base, METHODS, plain, "lora", SAVING, LABELS, 3));
            assertTrue(above.getMessage().contains("the new method"), above.getMessage());
        }
    }
}
