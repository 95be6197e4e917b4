package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command estimate beside known counts, and beside what the other commands count. */
class EstimateCommandTest {
    @TempDir
    java.nio.file.Path folder;

    private static Map<String, Object> estimate(Object... words) throws Exception {
        Object[] all = new Object[words.length + 2];
        System.arraycopy(words, 0, all, 1, words.length);
        all[0] = "estimate";
        all[all.length - 1] = "--json";
        return Graft.run(all).done().json();
    }

    /** Hu et al. 2021, section 4.2 and table 4: 175,255.8 M parameters, about 18 M trained, 35 MB against 350 GB. */
    @Test
    void gptThreeAsThePaperHasIt() throws Exception {
        Map<String, Object> found = estimate(
                "--shape",
                "gpt3-175b",
                "--method",
                "lora",
                "--set",
                "r=4",
                "--set",
                "target_modules=[\"query\",\"value\"]");
        long base = ((Number) found.get("base_parameters")).longValue();
        long trained = ((Number) found.get("trainable")).longValue();
        // tables, then a layer's four norms' vectors, attention and feed-forward with biases, then the last norm
        long d = 12288;
        assertEquals((50257 + 2048) * d + 96 * (12 * d * d + 13 * d) + 2 * d, base);
        assertEquals(96 * 2 * 4 * (d + d), trained);
        assertTrue(base / trained > 9000, found.toString());
        assertEquals(2 * trained, ((Number) found.get("adapter_bytes")).longValue());
        assertEquals(2 * base, ((Number) found.get("base_bytes")).longValue());
        assertEquals(2 * base + 8 * trained, ((Number) found.get("training_bytes")).longValue());
        assertEquals(8 * base, ((Number) found.get("full_training_bytes")).longValue());
    }

    @Test
    void everyLineIsShownAndAddsUp() throws Exception {
        Map<String, Object> found = estimate("--shape", "gpt2", "--method", "lora");
        long sum = 0;
        for (Object line : (List<?>) found.get("lines")) {
            List<?> cells = (List<?>) line;
            if (cells.get(0).toString().startsWith("base: ")) {
                String text = cells.get(1).toString();
                sum += Long.parseLong(text.substring(text.indexOf("= ") + 2).replace(",", ""));
            }
        }
        assertEquals(found.get("base_parameters"), (int) sum);
        assertEquals(124_439_808, found.get("base_parameters"), "transformers 4.57.6: GPT2Model(GPT2Config())");
    }

    /**
     * transformers 4.57.6, counted on torch's meta device: GPT2Model, RobertaModel without its pooler, and
     * DebertaV2ForSequenceClassification without its classifier, so with the projection before it, and without the
     * convolution, which has 7,082,496 parameters.
     */
    @ParameterizedTest
    @CsvSource({"gpt2,124439808", "gpt3-175b,174604259328", "roberta-base,124055040", "deberta-v2-xxlarge,1559827968"})
    void publishedShapesHaveTheCountsOfTransformers(String shape, long parameters) throws Exception {
        Map<String, Object> found = estimate("--shape", shape, "--method", "lora");
        assertEquals(parameters, ((Number) found.get("base_parameters")).longValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "houlsby", "prefix", "ia3", "bitfit", "head", "full", "vera", "prompt"})
    void aSmallBaseIsCountedAsItIsTrained(String method) throws Exception {
        Workspace space = new Workspace(folder);
        Map<String, Object> inspected =
                Graft.run("inspect", Workspace.BASE, "--json").done().json();
        Map<String, Object> trained = Graft.run(
                        "train",
                        "--base",
                        Workspace.BASE,
                        "--data",
                        space.data(),
                        "--method",
                        method,
                        "--max-steps",
                        1,
                        "--max-length",
                        20,
                        "--output",
                        folder.resolve("run"),
                        "--json")
                .done()
                .json();
        Map<String, Object> found =
                estimate("--shape", Workspace.BASE.resolve("config.json"), "--method", method, "--classes", 3);
        assertEquals(inspected.get("parameters"), found.get("base_parameters"));
        assertEquals(trained.get("trainable"), found.get("trainable"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--shape nowhere --method lora | --shape is nowhere | gpt3-175b",
                "--shape gpt2 --method nope | 'nope' | lora",
                "--shape gpt2 --method lora --set rank=1 | rank | r",
                "--shape gpt2 --method lora --bytes 3 | --bytes is 3 | 2, 4",
                "--shape gpt2 --method lora --classes 1 | --classes is 1 | 2 or more",
            })
    void whatIsWrongIsNamed(String words, String first, String second) {
        Graft.run((Object[]) ("estimate " + words).split(" ")).failed(2, first, second);
    }
}
