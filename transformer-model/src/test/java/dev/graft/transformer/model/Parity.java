package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The numbers that transformers and peft computed, from parity/make_bert_fixtures.py. */
final class Parity {
    static final double TOLERANCE = 1e-4;

    private Parity() {}

    static Path folder(String name) {
        try {
            return Path.of(Parity.class.getResource("/parity/bert/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
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

    static void assertClose(JsonNode expected, float[][] actual, double tolerance, String what) {
        for (int i = 0; i < expected.size(); i++) {
            for (int j = 0; j < expected.get(i).size(); j++) {
                double want = expected.get(i).get(j).asDouble();
                assertTrue(
                        Math.abs(want - actual[i][j]) <= tolerance,
                        what + " of row " + i + ", column " + j + ": " + actual[i][j] + " instead of " + want);
            }
        }
    }
}
