package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.architecture.Blueprint;
import dev.graft.transformer.model.family.ConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every key of transformers' configuration classes that changes what a model computes is read, or refused: none is passed
 * over. The table of keys and values is made by parity/make_config_table.py.
 */
class ConfigKeysTest {
    private static final Path TABLE = Path.of("src/test/resources/parity/configs.json");
    private static final Path FILE = Path.of("config.json");

    /** What changes transformers' numbers and not ours, with the reason. */
    private static final Map<String, String> PASSED_OVER = new TreeMap<>(
            Map.of("deberta-v2 relative_attention", "without pos_att_type nothing reads the table that it brings"));

    /** Keys that transformers makes of others where a file has them not. */
    private static final Set<String> MADE_AGAIN = Set.of("layer_types", "is_gated_act", "dense_act_fn");

    private static ConfigReader.Found read(Map<String, Object> json) throws FileFormatException {
        return ConfigReader.read(FILE, json);
    }

    private static Map<String, Object> json(JsonNode node) throws FileFormatException {
        return Json.parse(FILE, node.toString());
    }

    @Test
    void noKeyThatChangesTheResultIsPassedOver() throws IOException {
        List<String> silent = new ArrayList<>();
        int rows = 0;
        for (JsonNode one : Parity.json(TABLE)) {
            String family = one.get("family").asText();
            Map<String, Object> config = json(one.get("config"));
            assertEquals(family, config.get("model_type"));
            ConfigReader.Found base = read(config);
            for (JsonNode row : one.get("rows")) {
                rows++;
                String key = row.get("key").asText();
                Map<String, Object> changed = json(one.get("config"));
                changed.keySet().removeAll(MADE_AGAIN);
                changed.put(key, json(row).get("value"));
                if (isPassedOver(changed, base) && !PASSED_OVER.containsKey(family + " " + key)) {
                    silent.add(family + " " + key + "=" + row.get("value") + " changes the "
                            + row.get("effect").asText());
                }
            }
        }
        assertTrue(rows > 500, rows + " rows");
        assertTrue(silent.isEmpty(), String.join("\n", silent));
    }

    private static boolean isPassedOver(Map<String, Object> changed, ConfigReader.Found base) {
        try {
            ConfigReader.Found found = read(changed);
            Blueprint plan = found.plan();
            return plan.equals(base.plan()) && found.labels().equals(base.labels());
        } catch (FileFormatException e) {
            return false;
        }
    }
}
