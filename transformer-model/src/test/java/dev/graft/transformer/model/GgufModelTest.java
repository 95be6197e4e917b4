package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.file.Json;
import dev.graft.transformer.model.gguf.GgufFolder;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole model in one GGUF file, beside what transformers makes of the same weights. */
class GgufModelTest {
    private static final Path GGUF = Path.of("src/test/resources/parity/gguf");
    private static final String CACHE = "graft.cache";

    @TempDir
    Path cache;

    private String before;

    @BeforeEach
    void ownCache() {
        before = System.setProperty(CACHE, cache.toString());
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(CACHE);
        } else {
            System.setProperty(CACHE, before);
        }
    }

    private static float[] logits(BaseModel base, int[] tokens) {
        List<TokenRow> rows = List.of(new TokenRow(tokens, new int[tokens.length]));
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            List<Route> bare = List.of(new Route(null, 0, 1));
            ForwardPass pass = new ForwardPass(base.transformer(), tape, rows, bare, Training.NONE);
            return tape.value(pass.vocabulary().logits(pass.hidden(), pass.sequences()))
                    .toArray();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = BaseDtype.class,
            names = {"STORED", "F32"})
    void logitsAreThoseOfTransformers(BaseDtype dtype) throws IOException {
        JsonNode expected = Parity.json(GGUF.resolve("expected.json"));
        try (BaseModel base = BaseModel.open(GGUF.resolve("tiny.gguf"), dtype)) {
            int[] tokens = base.promptTokens(expected.get("text").asText());
            assertArrayEquals(Parity.ints(expected.get("input_ids")), tokens);
            float[] found = logits(base, tokens);
            int width = base.config().vocabularySize();
            for (int i = 0; i < tokens.length * width; i++) {
                double value =
                        expected.get("logits").get(i / width).get(i % width).asDouble();
                assertEquals(value, found[i], 1e-4, "logit " + i);
            }
            assertEquals(expected.get("text").asText(), base.tokenizer().decode(tokens));
            assertEquals(List.of(0), base.config().endTokens());
            base.verify(base.fingerprint());
        }
    }

    @Test
    void piecesAreThoseOfSentencePiece() throws IOException {
        Path folder = GgufFolder.of(GGUF.resolve("pieces.gguf"));
        int rows = ModelConfig.read(folder).vocabularySize();
        try (TextTokenizer tokenizer = TextTokenizer.read(folder, rows)) {
            for (JsonNode each : Parity.json(GGUF.resolve("pieces.json")).get("texts")) {
                String text = each.get("text").asText();
                int[] ids = tokenizer.encode(text, null, 512).ids();
                assertArrayEquals(Parity.ints(each.get("input_ids")), ids, "'" + text + "'");
                assertEquals(each.get("decoded").asText(), tokenizer.decode(ids), "'" + text + "'");
            }
        }
    }

    @Test
    void theTemplateIsTheFiles() throws IOException {
        try (BaseModel base = BaseModel.open(GGUF.resolve("tiny.gguf"))) {
            String template = (String)
                    Json.read(base.directory().resolve("tokenizer_config.json")).get("chat_template");
            assertTrue(template.contains("message['content']"), template);
            assertTrue(base.directory().startsWith(cache));
        }
    }
}
