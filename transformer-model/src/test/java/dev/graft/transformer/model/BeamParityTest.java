package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.autograd.kernel.MathMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beam search finds what transformers finds: parity/make_beam_fixtures.py made the expectations. */
class BeamParityTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    /** The base with another end token. */
    private BaseModel base(String name, int end) throws IOException {
        try (Stream<Path> files =
                Files.list(GenerationFixture.PARITY.resolve(name).resolve("base"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        ObjectNode config =
                (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        JSON.writeValue(folder.resolve("config.json").toFile(), config.put("eos_token_id", end));
        Path generation = folder.resolve("generation_config.json");
        if (Files.exists(generation)) { // it counts then
            ObjectNode own = (ObjectNode) JSON.readTree(generation.toFile());
            JSON.writeValue(generation.toFile(), own.put("eos_token_id", end));
        }
        return BaseModel.open(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm", "bart/scaled"})
    void theBestTextsAreThoseOfTransformers(String name) throws IOException {
        JsonNode known = JSON.readTree(
                GenerationFixture.PARITY.resolve(name).resolve("beams.json").toFile());
        List<int[]> prompts = new ArrayList<>();
        int ended = 0;
        try (BaseModel base = base(name, known.get("end_token").intValue());
                Workers workers = new Workers(MathMode.FP32, 2)) {
            for (String line :
                    Files.readAllLines(GenerationFixture.PARITY.resolve(name).resolve("data.jsonl"))) {
                prompts.add(base.promptTokens(JSON.readTree(line).get("prompt").textValue()));
            }
            Generator generator = new Generator(base, workers);
            for (JsonNode one : known.get("cases")) {
                BeamOptions beams = new BeamOptions(
                        one.get("num_beams").intValue(),
                        one.get("length_penalty").doubleValue(),
                        one.get("early_stopping").booleanValue());
                int most = one.get("max_new_tokens").intValue();
                List<int[]> found = generator.search(prompts, Collections.nCopies(prompts.size(), null), most, beams);
                for (int i = 0; i < prompts.size(); i++) {
                    assertArrayEquals(Parity.ints(one.get("tokens").get(i)), found.get(i), beams + ", row " + i);
                    ended += found.get(i).length < most ? 1 : 0;
                }
                assertEquals(prompts.size(), found.size());
            }
        }
        assertTrue(ended > 0, "no text ended before its last token");
    }
}
