package dev.graft.transformer.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.CrossEntropy;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The rows of a case that parity/make_generation_fixtures.py made, as the model reads them. */
final class GenerationFixture {
    static final Path PARITY = Path.of("src/test/resources/parity");

    private GenerationFixture() {}

    static JsonNode expected(String name) throws IOException {
        return Parity.json(PARITY.resolve(name).resolve("expected.json"));
    }

    /** Prompt and completion of each row; the completion's tokens are labelled, without an end token. */
    static List<TokenRow> rows(BaseModel base, String name) throws IOException {
        List<TokenRow> rows = new ArrayList<>();
        JsonNode expected = expected(name);
        for (String line : Files.readAllLines(PARITY.resolve(name).resolve("data.jsonl"))) {
            Map<String, Object> json = Json.parse(Path.of("data"), line);
            int[] completion = base.tokenizer().encodePlain((String) json.get("completion"));
            int[] ids = Parity.ints(expected.get("input_ids").get(rows.size()));
            rows.add(base.config().encoderDecoder() ? pair(base, ids, completion) : causal(ids, completion.length));
        }
        return rows;
    }

    private static TokenRow causal(int[] ids, int completion) {
        int[] labels = new int[ids.length];
        Arrays.fill(labels, CrossEntropy.IGNORED);
        System.arraycopy(ids, ids.length - completion, labels, ids.length - completion - 1, completion);
        return new TokenRow(ids, new int[ids.length], null, labels);
    }

    private static TokenRow pair(BaseModel base, int[] ids, int[] completion) {
        int[] decoder = new int[completion.length];
        decoder[0] = base.config().startToken();
        System.arraycopy(completion, 0, decoder, 1, decoder.length - 1);
        return new TokenRow(ids, new int[ids.length], decoder, completion);
    }
}
