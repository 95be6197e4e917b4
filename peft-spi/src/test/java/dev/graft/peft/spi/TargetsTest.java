package dev.graft.peft.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which modules of a head may be named among target_modules without effect. */
class TargetsTest {
    private static final List<Site> SITES = List.of(new Place("layers.0.q_proj"), new Place("layers.0.out_proj"));

    /** As BART's classifier has them; out_proj is also the end of a site's path. */
    private static final List<String> HEAD = List.of("classification_head.dense", "classification_head.out_proj");

    private static List<String> chosen(String... entries) {
        Targets targets = Targets.among(
                new Settings("some", Map.of("target_modules", List.of(entries))), SITES, List.of("q_proj"), HEAD);
        return SITES.stream().filter(targets::contains).map(Site::path).toList();
    }

    @Test
    void theHeadsOwnModulesArePassedOver() {
        List<String> query = List.of("layers.0.q_proj");
        assertEquals(query, chosen("q_proj", "classification_head.dense"));
        assertEquals(query, chosen("q_proj", "dense"));
    }

    @Test
    void anEndThatASiteHasTooIsThatSite() {
        assertEquals(List.of("layers.0.q_proj", "layers.0.out_proj"), chosen("q_proj", "out_proj"));
    }

    @Test
    void whatNoModuleIsCalledIsRefused() {
        var refused = assertThrows(SettingsException.class, () -> chosen("q_proj", "ense"));
        assertTrue(refused.getMessage().contains("'ense'"), refused.getMessage());
    }

    /** A linear site without numbers. */
    private record Place(String path) implements Site {
        @Override
        public Slot slot() {
            return Slot.QUERY;
        }

        @Override
        public int layer() {
            return 0;
        }

        @Override
        public Side side() {
            return Side.DECODER;
        }

        @Override
        public int inputSize() {
            return 1;
        }

        @Override
        public int outputSize() {
            return 1;
        }

        @Override
        public Optional<FrozenTensor> weight() {
            return Optional.empty();
        }

        @Override
        public Optional<FrozenTensor> bias() {
            return Optional.empty();
        }
    }
}
