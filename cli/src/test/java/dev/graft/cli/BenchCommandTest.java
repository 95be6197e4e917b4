package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    private static final Object SHAPE = Graft.fixture("gelu/base/config.json");

    private static Graft bench(Object... more) {
        List<Object> all = new ArrayList<>(List.of("bench"));
        all.addAll(Arrays.asList(more));
        all.addAll(
                List.of("--shape", SHAPE, "--batch-size", 4, "--length", 10, "--steps", 2, "--warm-up", 0, "--json"));
        return Graft.run(all.toArray());
    }

    @ParameterizedTest
    @CsvSource({"train, lora, 3138", "train, head, 66", "infer, base, 0", "infer, lora, 3138"})
    void figuresAreComplete(String mode, String method, long trainable) throws Exception {
        Map<String, Object> figures = bench(mode, "--method", method).done().json();
        assertEquals(trainable, ((Number) figures.get("trainable")).longValue());
        for (String key : List.of("ms_per_step", "min_ms", "tokens_per_s", "peak_rss_mib", "loss")) {
            assertTrue(((Number) figures.get(key)).doubleValue() > 0, key + " of " + figures);
        }
        assertEquals(0.1, figures.get("dropout"));
        assertEquals("fp32", figures.get("math"));
        assertEquals(10, figures.get("length"));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2/lm, train, lora",
        "gpt2/lm, infer, base",
        "gpt2/lm, generate, lora",
        "llama/lm, train, lora",
        "llama/lm, generate, prefix",
        "bart/lm, train, full",
        "bart/lm, generate, base"
    })
    void modelsThatPredictTokensAreTimedAsTheyDo(String shape, String mode, String method) throws Exception {
        Path config = Graft.fixture("..").resolve(shape).resolve("base/config.json");
        Map<String, Object> figures = Graft.run(
                        "bench",
                        mode,
                        "--shape",
                        config,
                        "--method",
                        method,
                        "--batch-size",
                        3,
                        "--length",
                        10,
                        "--steps",
                        2,
                        "--warm-up",
                        0,
                        "--json")
                .done()
                .json();
        for (String key : List.of("ms_per_step", "min_ms", "tokens_per_s", "peak_rss_mib")) {
            assertTrue(((Number) figures.get(key)).doubleValue() > 0, key + " of " + figures);
        }
        assertEquals(mode.equals("train"), ((Number) figures.get("loss")).doubleValue() > 0);
        bench("generate").failed(2, "predicts no tokens", "gpt2");
    }

    @Test
    void aSettingOfTheMethodCounts() throws Exception {
        long narrow = ((Number) bench("train", "--set", "r=1").done().json().get("trainable")).longValue();
        long wide = ((Number) bench("train", "--set", "r=3").done().json().get("trainable")).longValue();
        assertEquals(3 * (narrow - 66), wide - 66);
    }

    @Test
    void theLossIsAFunctionOfTheSeedNotOfTheThreads() throws Exception {
        Object one =
                bench("train", "--threads", 1, "--micro-batch", 2).done().json().get("loss");
        assertEquals(
                one,
                bench("train", "--threads", 2, "--micro-batch", 2).done().json().get("loss"));
        assertTrue(!one.equals(
                bench("train", "--micro-batch", 2, "--seed", 1).done().json().get("loss")));
    }

    @Test
    void dropoutCountsInTrainingOnly() throws Exception {
        for (String mode : List.of("train", "infer")) {
            Object with = bench(mode, "--dropout", 0.4).done().json().get("loss");
            Object without = bench(mode, "--dropout", 0).done().json().get("loss");
            assertEquals(mode.equals("infer"), with.equals(without), mode);
        }
    }

    @Test
    void aMergedAdapterIsTimedWithTheSameResult() throws Exception {
        double apart = ((Number) bench("infer").done().json().get("loss")).doubleValue();
        Map<String, Object> merged = bench("infer", "--merge").done().json();
        assertEquals(true, merged.get("merged"));
        assertEquals(apart, ((Number) merged.get("loss")).doubleValue(), 1e-6);
        bench("train", "--merge").failed(2, "--merge", "infer and generate only");
    }

    @Test
    void whatIsNotPossibleSaysWhatIs() {
        bench("generate").failed(2, "generate", "train, infer");
        bench("train", "--method", "base").failed(2, "base", "infer", "head");
        bench("train", "--method", "nope").failed(2, "nope", "lora", "head", "full");
        bench("train", "--set", "rank=3").failed(2, "rank", "lora_alpha");
        bench("train", "--set", "r=0").failed(2, "'r' is 0", "at least 1");
        bench("train", "--dropout", 1).failed(2, "--dropout", "1.0");
        bench("train", "--threads", 0).failed(2, "--threads", "0");
        bench("train", "--math", "fp16").failed(2, "fp16", "fp32, bf16");
        Graft.run("bench", "train", "--shape", "gpt9").failed(2, "gpt2", "minilm", "bert-base", "config.json");
        Graft.run("bench", "train", "--shape", SHAPE, "--length", 9999).failed(2, "--length is 9999");
        Graft.run("bench", "train", "--batch-size", 0).failed(2, "--batch-size is 0");
        Graft.run("bench", "infer", "--warm-up", -1).failed(2, "--warm-up is -1", "from 0");
    }
}
