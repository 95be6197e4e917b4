package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An adapter on top of a frozen one: the lower one acts and stays as it is, and both are saved and loaded as one. */
interface StackLaw {
    Bench bench();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void anAdapterOnTopOfAnotherLeavesItAsItIs(Case one) throws IOException {
        String id = bench().method.id();
        boolean startsAsBase = bench().method
                .configure(new Settings(id, one.settings()), bench().base.shape())
                .startsAsBase();
        try (Adapter below = bench().lively(one.settings(), 1);
                Adapter both = Adapter.createOn(
                        bench().base,
                        bench().methods,
                        below,
                        id,
                        one.settings(),
                        bench().base.labels(),
                        2)) {
            List<TokenRow> rows = rows(both);
            if (startsAsBase) {
                Same.bits(logits(rows, below), logits(rows, both), "output with a new adapter on top");
            }
            assertSame(below, both, id);
            try (Adapter loaded = AdapterFiling.load(bench(), AdapterFiling.save(bench(), both))) {
                assertSame(below, loaded, id);
                Same.bits(logits(rows, both), logits(rows, loaded), "output after loading");
            }
        } catch (SettingsException e) {
            assertTrue(e.getMessage().contains("two parts put rows in front"), e.getMessage());
        }
    }

    /** The texts for which the model has positions beside the rows of both. */
    private List<TokenRow> rows(Adapter both) {
        int most = bench().base.shape().maxPositions() - both.positions();
        List<TokenRow> rows =
                bench().rows.stream().filter(row -> row.tokens().length <= most).toList();
        assertTrue(!rows.isEmpty(), "no text has at most " + most + " tokens");
        return rows;
    }

    private float[][] logits(List<TokenRow> rows, Adapter adapter) {
        return new Classifier(bench().base, bench().workers).logits(rows, adapter);
    }

    /** The lower one's tensors are in the upper one, bit for bit, and are not trained there. */
    private static void assertSame(Adapter below, Adapter both, String id) {
        Map<String, float[]> expected = Values.stored(below);
        Map<String, float[]> actual = Values.stored(both);
        Set<String> trained = new HashSet<>();
        both.tensors().trained().stream().map(AdapterParameter::name).forEach(trained::add);
        String prefix = id.contains("+") ? "" : id + ".";
        int found = 0;
        for (Map.Entry<String, float[]> tensor : expected.entrySet()) {
            String name = prefix + tensor.getKey();
            if (!isHead(below, tensor.getKey())) {
                assertTrue(actual.containsKey(name), name + " is missing in " + actual.keySet());
                assertTrue(!trained.contains(name), name + " is trained");
                Same.bits(tensor.getValue(), actual.get(name), name);
                found++;
            }
        }
        assertTrue(found > 0, "nothing was compared");
    }

    private static boolean isHead(Adapter adapter, String name) {
        return adapter.classifier().stream().anyMatch(one -> one.name().equals(name));
    }
}
