package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** generation_config.json means what it means to transformers: parity/make_beam_fixtures.py made the expectations. */
class GenerationConfigTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NEW_TOKENS = 10;
    private static final int PROMPTS = 4; // of the rows: a few are enough to tell

    @TempDir
    Path folder;

    private void copy(String name) throws IOException {
        try (Stream<Path> files =
                Files.list(GenerationFixture.PARITY.resolve(name).resolve("base"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    private void write(String content) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void textsAreThoseOfTransformers(String name) throws IOException {
        copy(name);
        JsonNode known = JSON.readTree(
                GenerationFixture.PARITY.resolve(name).resolve("rules.json").toFile());
        for (JsonNode one : known.get("cases")) {
            ObjectNode config = one.get("generation_config").deepCopy();
            if (!config.has("eos_token_id")) {
                config.put("eos_token_id", known.get("end_token").intValue());
            }
            write(config.toString());
            try (BaseModel base = BaseModel.open(folder);
                    Workers workers = new Workers(MathMode.FP32, 1)) {
                List<int[]> found = texts(base, workers, name);
                for (int i = 0; i < found.size(); i++) {
                    assertArrayEquals(Parity.ints(one.get("tokens").get(i)), found.get(i), config + ", row " + i);
                }
            }
        }
    }

    private static List<int[]> texts(BaseModel base, Workers workers, String name) throws IOException {
        List<int[]> prompts = new ArrayList<>();
        for (String line : Files.readAllLines(
                        GenerationFixture.PARITY.resolve(name).resolve("data.jsonl"))
                .subList(0, PROMPTS)) {
            prompts.add(base.promptTokens(JSON.readTree(line).get("prompt").textValue()));
        }
        List<Adapter> none = Collections.nCopies(prompts.size(), null);
        GenerationConfig config = base.generation();
        Generator generator = new Generator(base, workers);
        if (config.beams().count() > 1) {
            return generator.search(prompts, none, NEW_TOKENS, config.beams());
        }
        Sampling sampling = new Sampling(0, 0, 1, 0, config.repetitionPenalty(), 0);
        return generator.generate(prompts, none, new Generator.Options(NEW_TOKENS, sampling, true));
    }

    @Test
    void whatChangesTheTextAndIsNotBuiltIsRefused() throws IOException {
        copy("gpt2/lm");
        for (String wrong : List.of(
                "\"num_beam_groups\": 2",
                "\"guidance_scale\": 1.5",
                "\"sequence_bias\": [[[3], -1.0]]",
                "\"stop_strings\": [\"a\"]",
                "\"early_stopping\": \"never\"",
                "\"eos_token_id\": \"a\"",
                "\"begin_suppress_tokens\": [100000]",
                "\"suppress_tokens\": [\"a\"]",
                "\"min_length\": -1")) {
            write("{" + wrong + "}");
            String key = wrong.substring(1, wrong.indexOf('"', 1));
            try (BaseModel base = BaseModel.open(folder)) {
                SettingsException e = assertThrows(SettingsException.class, base::generation, wrong);
                assertTrue(
                        e.getMessage().contains(key) && e.getMessage().contains("generation_config.json"),
                        e.getMessage());
            }
        }
    }

    /** Draws are asked for on the command line, and what does nothing is allowed. */
    @Test
    void drawsAndNeutralValuesChangeNothing() throws IOException {
        copy("gpt2/lm");
        write(
                "{\"do_sample\": true, \"eos_token_id\": [50256], \"temperature\": 0.6, \"top_k\": 20, \"top_p\": 0.9, \"max_length\": 20,"
                        + " \"num_beam_groups\": 1, \"guidance_scale\": null, \"renormalize_logits\": false,"
                        + " \"transformers_version\": \"4.57.6\"}");
        try (BaseModel base = BaseModel.open(folder)) {
            GenerationConfig config = base.generation();
            assertEquals(List.of(), config.endTokens());
            assertEquals(new BeamOptions(1, 1, false), config.beams());
            assertEquals(1, config.repetitionPenalty());
        }
    }

    /** As files were written before there was generation_config.json. */
    @Test
    void withoutTheFileConfigJsonCounts() throws IOException {
        copy("bart/lm");
        Files.deleteIfExists(folder.resolve("generation_config.json"));
        ObjectNode json =
                (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        json.put("num_beams", 4).put("no_repeat_ngram_size", 3).put("forced_eos_token_id", 2);
        JSON.writeValue(folder.resolve("config.json").toFile(), json);
        try (BaseModel base = BaseModel.open(folder)) {
            GenerationConfig config = base.generation();
            assertEquals(4, config.beams().count());
            assertEquals(3, config.ngram());
            assertEquals(2, config.last());
            assertEquals(base.config().endTokens(), config.endTokens());
        }
    }
}
