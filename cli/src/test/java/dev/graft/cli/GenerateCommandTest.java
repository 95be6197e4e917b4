package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts and completions through the product: train, predict, evaluate, generate, merge. */
class GenerateCommandTest {
    @TempDir
    Path root;

    private static Path fixture(String name) {
        return Graft.fixture("..").resolve(name);
    }

    private Path data(String model) throws IOException {
        Path folder = Files.createDirectories(root.resolve("data"));
        for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
            Files.copy(fixture(model).resolve("data.jsonl"), folder.resolve(part));
        }
        return folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void anAdapterIsTrainedScoredEvaluatedAndMerged(String model) throws IOException {
        Path base = fixture(model).resolve("base");
        Path data = data(model);
        Path run = root.resolve("run");
        assertEquals(0, trained(base, data, run).get("truncated_rows"));
        Map<String, Object> bare = Graft.run("evaluate", "--base", base, "--data", data, "--json")
                .done()
                .json();
        Map<String, Object> better = Graft.run("evaluate", "--base", base, "--adapter", run, "--data", data, "--json")
                .done()
                .json();
        assertEquals(8, better.get("rows"));
        assertEquals(
                List.of("rows", "tokens", "loss", "perplexity"),
                List.copyOf(better.keySet()).subList(0, 4));
        assertTrue((double) better.get("loss") < (double) bare.get("loss"), better + " after " + bare);
        Path merged = root.resolve("merged");
        Graft merge = Graft.run("merge", "--base", base, "--adapter", run, "--output", merged)
                .done();
        assertFalse(merge.out().contains("labels"), merge.out());
        List<Map<String, Object>> own = predicted(base, run, data);
        List<Map<String, Object>> other = predicted(merged, null, data);
        for (int i = 0; i < own.size(); i++) {
            assertEquals(number(own.get(i), "logprob"), number(other.get(i), "logprob"), 1e-3);
        }
    }

    private static Map<String, Object> trained(Path base, Path data, Path run) throws IOException {
        return Graft.run(
                        "train",
                        "--base",
                        base,
                        "--data",
                        data,
                        "--method",
                        "lora",
                        "--max-length",
                        48,
                        "--max-steps",
                        20,
                        "--batch-size",
                        4,
                        "--learning-rate",
                        0.02,
                        "--output",
                        run,
                        "--json")
                .done()
                .json();
    }

    private List<Map<String, Object>> predicted(Path base, Path adapter, Path data) throws IOException {
        Path output = root.resolve("predicted.jsonl");
        Object[] words = {"predict", "--base", base, "--input", data.resolve("test.jsonl"), "--output", output};
        if (adapter != null) {
            words = java.util.stream.Stream.concat(
                            java.util.Arrays.stream(words), java.util.stream.Stream.of("--adapter", adapter))
                    .toArray();
        }
        Graft.run(words).done();
        return Files.readAllLines(output).stream()
                .map(line -> {
                    try {
                        return Json.parse(output, line);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static double number(Map<String, Object> line, String key) {
        return ((Number) line.get(key)).doubleValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void predictionsAreThoseOfPeft(String model) throws IOException {
        Path adapter = fixture(model).resolve("adapters/default");
        List<?> expected = (List<?>) Json.read(adapter.resolve("expected.json")).get("token_logprobs");
        List<Map<String, Object>> lines = predicted(fixture(model).resolve("base"), adapter, data(model));
        assertEquals(expected.size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            List<?> want = (List<?>) expected.get(i);
            List<?> got = (List<?>) lines.get(i).get("token_logprobs");
            assertEquals(want.size(), got.size());
            double sum = 0;
            for (int j = 0; j < got.size(); j++) {
                assertEquals(((Number) want.get(j)).doubleValue(), ((Number) got.get(j)).doubleValue(), 1e-4);
                sum += ((Number) got.get(j)).doubleValue();
            }
            assertEquals(sum, number(lines.get(i), "logprob"), 1e-4);
        }
    }

    private Graft generate(String model, Object... more) {
        Object[] words = {"generate", "--base", fixture(model).resolve("base"), "--prompt", "The boat is on the"};
        return Graft.run(
                java.util.stream.Stream.concat(java.util.Arrays.stream(words), java.util.stream.Stream.of(more))
                        .toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void theMostProbableTextIsThatOfTransformers(String model) throws IOException {
        List<?> expected =
                (List<?>) Json.read(fixture(model).resolve("expected.json")).get("greedy");
        Map<String, Object> result =
                generate(model, "--max-new-tokens", 10, "--json").done().json();
        assertEquals(expected.get(0), result.get("tokens"));
        assertEquals(false, result.get("ended"));
        assertEquals(
                result.get("text") + "\n",
                generate(model, "--max-new-tokens", 10).done().out());
    }

    @Test
    void aDrawnTextIsAFunctionOfItsSeed() throws IOException {
        Object[] first = {"--max-new-tokens", 12, "--temperature", 0.9, "--top-p", 0.8, "--seed", 1, "--json"};
        Object tokens = generate("gpt2/lm", first).done().json().get("tokens");
        assertEquals(tokens, generate("gpt2/lm", first).done().json().get("tokens"));
        first[7] = 2;
        assertNotEquals(tokens, generate("gpt2/lm", first).done().json().get("tokens"));
        Object[] narrow = {"--max-new-tokens", 12, "--temperature", 5, "--top-p", 1e-9, "--json"};
        assertEquals(
                generate("gpt2/lm", "--max-new-tokens", 12, "--json")
                        .done()
                        .json()
                        .get("tokens"),
                generate("gpt2/lm", narrow).done().json().get("tokens"));
    }

    @Test
    void conversationsAreTrainedAndAnswered() throws IOException {
        Path base = Files.createDirectories(root.resolve("chat"));
        for (Path file : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json").stream()
                .map(fixture("gpt2/lm/base")::resolve)
                .toList()) {
            Files.copy(file, base.resolve(file.getFileName()));
        }
        Object[] words = {"generate", "--base", base, "--chat", "--prompt", "sea", "--max-new-tokens", 4, "--json"};
        Graft.run(words).failed(2, "chat_template.jinja");
        Files.writeString(
                base.resolve("chat_template.jinja"),
                "{% for m in messages %}{{ m.role[0] + ':' + m.content + '#' }}{% endfor %}"
                        + "{% if add_generation_prompt %}a:{% endif %}");
        int plain = (int) Graft.run(words).done().json().get("prompt_tokens");
        Object[] more = Arrays.copyOf(words, words.length + 2);
        more[words.length] = "--system";
        more[words.length + 1] = "old";
        assertTrue((int) Graft.run(more).done().json().get("prompt_tokens") > plain);
        Path data = Files.createDirectories(root.resolve("talks"));
        for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
            Files.writeString(
                    data.resolve(part),
                    "{\"messages\": [{\"role\": \"user\", \"content\": \"sea\"},"
                            + " {\"role\": \"assistant\", \"content\": \"boat\"}]}\n");
        }
        double bare = (double) Graft.run("evaluate", "--base", base, "--data", data, "--json")
                .done()
                .json()
                .get("loss");
        trained(base, data, root.resolve("run"));
        Graft run = Graft.run("evaluate", "--base", base, "--adapter", root.resolve("run"), "--data", data, "--json");
        assertTrue((double) run.done().json().get("loss") < bare);
        Graft.run("train", "--base", base, "--data", data, "--method", "lora", "--loss-on", "all", "--output", "x")
                .failed(2, "--loss-on is all", "everything");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void whatTheModelWritesIsCompared(String model) throws IOException {
        Path data = data(model);
        Object[] words = {"evaluate", "--base", fixture(model).resolve("base"), "--data", data, "--json"};
        assertFalse(Graft.run(words).done().json().containsKey("bleu"));
        Object[] more = Arrays.copyOf(words, words.length + 3);
        more[words.length] = "--generate";
        more[words.length + 1] = "--max-new-tokens";
        more[words.length + 2] = 6;
        Map<String, Object> result = Graft.run(more).done().json();
        assertEquals(8, result.get("written_rows"));
        for (String key : List.of("written_exact_match", "rouge_l", "bleu")) {
            assertTrue(number(result, key) >= 0 && number(result, key) < 50, result.toString());
        }
        Path text = Files.writeString(root.resolve("text.jsonl"), "{\"text\": \"a\", \"label\": \"b\"}\n");
        Graft.run("evaluate", "--base", fixture(model).resolve("base"), "--data", text, "--generate")
                .failed(2, "--generate", "labels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2/lm", "bart/lm"})
    void beamsFindAMoreProbableText(String model) throws IOException {
        Map<String, Object> beams = generate(model, "--max-new-tokens", 8, "--num-beams", 3, "--json")
                .done()
                .json();
        assertEquals(8, ((List<?>) beams.get("tokens")).size());
        Object[] one = {"--max-new-tokens", 8, "--num-beams", 1, "--json"};
        assertEquals(
                generate(model, "--max-new-tokens", 8, "--json").done().json().get("tokens"),
                generate(model, one).done().json().get("tokens"));
        generate(model, "--num-beams", 0).failed(2, "--num-beams is 0");
        generate(model, "--num-beams", 2, "--temperature", 1).failed(2, "--num-beams", "--temperature");
        generate(model, "--num-beams", 2, "--stop", "a").failed(2, "--num-beams", "--stop");
    }

    @Test
    void aStopStringEndsTheText() throws IOException {
        String whole = (String) generate("gpt2/lm", "--max-new-tokens", 10, "--json")
                .done()
                .json()
                .get("text");
        String stop = whole.substring(3, 5);
        String part = whole.substring(0, whole.indexOf(stop));
        Object[] words = {"--max-new-tokens", 10, "--stop", "never there", "--stop", stop};
        assertEquals(part + "\n", generate("gpt2/lm", words).done().out());
        Map<String, Object> result = generate(
                        "gpt2/lm", "--max-new-tokens", 10, "--stop", "never there", "--stop", stop, "--json")
                .done()
                .json();
        assertEquals(part, result.get("text"));
        assertEquals("stop", result.get("finish"));
        generate("gpt2/lm", "--stop", "").failed(2, "--stop is empty");
    }

    @Test
    void whatIsNotPossibleSaysWhatIs() throws IOException {
        Path data = data("gpt2/lm");
        Path bert = Graft.fixture("gelu/base");
        Graft.run("generate", "--base", bert, "--prompt", "a").failed(2, "bert", "predicts no tokens");
        Graft.run("predict", "--base", bert, "--input", data.resolve("test.jsonl"), "--output", root.resolve("x"))
                .failed(2, "bert", "predicts no tokens");
        Graft.run("train", "--base", bert, "--data", data, "--method", "lora", "--output", root.resolve("x"))
                .failed(2, "prompts and completions", "bert");
        Path gpt2 = fixture("gpt2/lm/base");
        Graft.run("train", "--base", gpt2, "--data", data, "--method", "head", "--output", root.resolve("x"))
                .failed(2, "head", "lora");
        generate("gpt2/lm", "--max-new-tokens", 100).failed(2, "48 positions", "--max-new-tokens");
        generate("gpt2/lm", "--max-new-tokens", 0).failed(2, "--max-new-tokens is 0");
        generate("gpt2/lm", "--temperature", -1).failed(2, "--temperature is -1.0");
        generate("gpt2/lm", "--top-p", 0).failed(2, "--top-p is 0.0");
        generate("gpt2/lm", "--top-k", -3).failed(2, "--top-k is -3");
        generate("gpt2/lm", "--min-p", 2).failed(2, "--min-p is 2.0");
        generate("gpt2/lm", "--repetition-penalty", 0).failed(2, "--repetition-penalty is 0.0");
    }

    @Test
    void completionsThatAreCutAreCounted() throws IOException {
        Map<String, Object> result = Graft.run(
                        "evaluate",
                        "--base",
                        fixture("gpt2/lm/base"),
                        "--data",
                        data("gpt2/lm"),
                        "--max-length",
                        8,
                        "--json")
                .done()
                .json();
        assertTrue((int) result.get("truncated_rows") > 0, result.toString());
    }
}
