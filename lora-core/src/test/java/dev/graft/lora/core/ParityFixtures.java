package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The numbers that transformers and peft computed, from parity/make_bert_fixtures.py. */
final class ParityFixtures {
    static final double TOLERANCE = 1e-4;

    private ParityFixtures() {}

    static Path folder(String name) {
        return Path.of("..", "transformer-model", "src", "test", "resources", "parity", "bert", name);
    }

    static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    static List<TokenRow> rows(JsonNode expected) {
        List<TokenRow> rows = new ArrayList<>();
        for (JsonNode row : expected.get("tokens")) {
            rows.add(new TokenRow(ints(row.get("input_ids")), ints(row.get("token_type_ids"))));
        }
        return rows;
    }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    static void assertClose(JsonNode expected, float[][] actual, String what) {
        for (int i = 0; i < expected.size(); i++) {
            for (int j = 0; j < expected.get(i).size(); j++) {
                assertClose(expected.get(i).get(j).asDouble(), actual[i][j], what + " of row " + i + ", column " + j);
            }
        }
    }

    static void assertClose(double expected, double actual, String what) {
        assertTrue(Math.abs(expected - actual) <= TOLERANCE, what + ": " + actual + " instead of " + expected);
    }
}
