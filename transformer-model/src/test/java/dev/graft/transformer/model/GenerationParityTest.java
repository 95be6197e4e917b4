package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.LanguageModel.Scored;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GPT-2's and BART's logits and probabilities are those of transformers. */
class GenerationParityTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt2/lm",
                "gpt2/options",
                "gpt2/bare",
                "bart/lm",
                "bart/scaled",
                "llama/lm",
                "llama/options",
                "llama/linear",
                "llama/dynamic",
                "llama/llama3",
                "llama/yarn",
                "llama/yarn-options",
                "llama/longrope",
                "llama/longrope-factor",
                "mistral/lm",
                "mistral/wide",
                "qwen2/lm",
                "qwen3/lm",
                "gemma2/lm",
                "gemma2/plain",
                "t5/lm",
                "t5/gated",
                "t5/even"
            })
    void probabilitiesOfCompletionsAreThoseOfTransformers(String name) throws Exception {
        JsonNode expected = GenerationFixture.expected(name);
        try (BaseModel base =
                        BaseModel.open(GenerationFixture.PARITY.resolve(name).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2)) {
            List<TokenRow> rows = GenerationFixture.rows(base, name);
            List<Scored> scored = new LanguageModel(base, workers).score(rows, (Adapter) null);
            for (int i = 0; i < rows.size(); i++) {
                assertEquals(
                        expected.get("token_logprobs").get(i).size(),
                        scored.get(i).logprobs().length);
            }
            Parity.assertClose(
                    expected.get("token_logprobs"),
                    scored.stream().map(Scored::logprobs).toArray(float[][]::new),
                    Parity.TOLERANCE,
                    "log-probability");
            float[][] next = new LanguageModel(base, workers).next(rows, Collections.nCopies(rows.size(), null));
            Parity.assertClose(expected.get("last_logits"), next, Parity.TOLERANCE, "logit");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gpt2/lm", "bart/lm", "llama/lm", "mistral/lm", "qwen2/lm", "qwen3/lm", "gemma2/lm", "t5/lm"})
    void logitsOfEveryTokenAreThoseOfTransformers(String name) throws Exception {
        try (BaseModel base =
                        BaseModel.open(GenerationFixture.PARITY.resolve(name).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 1)) {
            TokenRow whole = GenerationFixture.rows(base, name).get(0);
            List<TokenRow> beginnings = new ArrayList<>();
            for (int length = 1; length <= whole.last().length; length++) {
                int[] read = Arrays.copyOf(whole.last(), length);
                beginnings.add(
                        whole.decoder() == null
                                ? new TokenRow(read, new int[length])
                                : new TokenRow(whole.tokens(), whole.types(), read, null));
            }
            float[][] next =
                    new LanguageModel(base, workers).next(beginnings, Collections.nCopies(beginnings.size(), null));
            Parity.assertClose(
                    GenerationFixture.expected(name).get("logits_of_row_0"), next, Parity.TOLERANCE, "logit");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt2/classify",
                "bart/classify",
                "llama/classify",
                "qwen3/classify",
                "gemma2/classify",
                "t5/classify"
            })
    void classesAreThoseOfTransformers(String name) throws Exception {
        JsonNode expected = GenerationFixture.expected(name);
        try (BaseModel base =
                        BaseModel.open(GenerationFixture.PARITY.resolve(name).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2)) {
            List<TokenRow> rows = new ArrayList<>();
            for (JsonNode ids : expected.get("input_ids")) {
                rows.add(new TokenRow(Parity.ints(ids), new int[ids.size()]));
            }
            float[][] logits = new Classifier(base, workers).logits(rows, (Adapter) null);
            Parity.assertClose(expected.get("logits"), logits, Parity.TOLERANCE, "logit");
        }
    }
}
