package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
    @TempDir
    Path folder;

    private Workspace space;
    private Path output;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        output = folder.resolve("run");
    }

    private Map<String, Object> record() throws Exception {
        return Json.read(output.resolve("run.json"));
    }

    @Test
    void aRunLeavesItsFolderAndItsSummary() throws Exception {
        Graft run = space.train("--method", "lora", "--set", "r=2", "--epochs", 2, "--output", output, "--json")
                .done();
        assertEquals(
                List.of(
                        "adapter_config.json",
                        "adapter_model.safetensors",
                        "best/adapter_config.json",
                        "best/adapter_model.safetensors",
                        "best/graft.json",
                        "graft.json",
                        "metrics.jsonl",
                        "run.json"),
                Workspace.files(output));
        Map<String, Object> summary = run.json();
        assertEquals(6, summary.get("steps"));
        assertEquals(output.toString(), summary.get("output"));
        assertTrue(((Map<?, ?>) summary.get("final_validation")).get("accuracy") instanceof Double, run.out());
        assertTrue(((Map<?, ?>) summary.get("best_validation")).get("step") instanceof Integer, run.out());
        assertTrue(run.err().contains("step 3: validation accuracy"), run.err());
        List<String> metrics = Files.readAllLines(output.resolve("metrics.jsonl"));
        assertEquals(8, metrics.size());
        assertEquals(1, Json.parse(output, metrics.get(0)).get("step"));
        assertTrue(Json.parse(output, metrics.get(0)).get("loss") instanceof Double);
    }

    @Test
    void theRecordSaysHowToRepeatTheRun() throws Exception {
        space.train("--method", "lora", "--max-steps", 2, "--seed", 7, "--output", output)
                .done();
        Map<String, Object> record = record();
        assertTrue(record.get("command").toString().startsWith("bin/graft train --base "), record.toString());
        assertTrue(record.get("command").toString().endsWith("--seed 7 --output " + output), record.toString());
        assertEquals(7, record.get("seed"));
        assertEquals(8, ((Map<?, ?>) record.get("method_settings")).get("r"));
        Map<?, ?> training = (Map<?, ?>) record.get("training");
        assertEquals(1e-2, training.get("learning_rate"));
        assertEquals("linear", training.get("schedule"));
        for (String hash : List.of("fingerprint", "tokenizer_hash")) {
            assertEquals(
                    64, ((Map<?, ?>) record.get("base")).get(hash).toString().length());
        }
        assertEquals(64, ((Map<?, ?>) record.get("data")).get("hash").toString().length());
        for (String key : List.of("graft", "kernels", "jdk", "onednn")) {
            assertTrue(((Map<?, ?>) record.get("versions")).get(key) instanceof String, key);
        }
        assertTrue(record.get("cpu") instanceof String);
        Map<?, ?> finished = (Map<?, ?>) record.get("finished");
        assertEquals(0, finished.get("truncated_rows"));
        assertTrue(((Number) finished.get("peak_rss_mib")).intValue() > 10);
        assertTrue(finished.get("seconds") instanceof Double);
    }

    @Test
    void theSameCommandGivesTheSameBytes() throws Exception {
        space.train("--method", "lora", "--max-steps", 3, "--output", output).done();
        space.train("--method", "lora", "--max-steps", 3, "--threads", 1, "--output", folder.resolve("again"))
                .done();
        space.train("--method", "lora", "--max-steps", 3, "--seed", 1, "--output", folder.resolve("other"))
                .done();
        Path adapter = output.resolve("adapter_model.safetensors");
        assertEquals(-1, Files.mismatch(adapter, folder.resolve("again/adapter_model.safetensors")));
        assertTrue(Files.mismatch(adapter, folder.resolve("other/adapter_model.safetensors")) >= 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "head", "full"})
    void aMethodHasALearningRateOfItsOwnWhichTheHelpNames(String method) throws Exception {
        space.train("--method", method, "--max-steps", 1, "--output", output).done();
        double rate = (double) ((Map<?, ?>) record().get("training")).get("learning_rate");
        List<?> methods = (List<?>) Graft.run("methods", "--json").done().json().get("methods");
        assertTrue(
                methods.stream()
                        .map(Map.class::cast)
                        .anyMatch(one -> one.get("id").equals(method)
                                && one.get("learning_rate").equals(rate)),
                methods + " and " + rate);
        String help = Graft.run("train", "--help").done().out().replaceAll("\\s+", " ");
        String named = method + " " + String.format(Locale.ROOT, "%.0e", rate).replace("e-0", "e-");
        assertTrue(help.contains(named), named + " in " + help);
    }

    @Test
    void resultsAreOnStandardOutputAndProgressIsNot() throws Exception {
        Graft run = space.train("--method", "head", "--max-steps", 1, "--output", output)
                .done();
        assertTrue(run.out().contains("final_validation accuracy  "), run.out());
        assertFalse(run.out().contains("so far"), run.out());
        assertTrue(run.err().contains("the best so far"), run.err());
        assertFalse(run.err().contains("\r"), run.err());
    }

    @Test
    void longRowsAreCutAndCounted() throws Exception {
        Graft run = space.train("--method", "head", "--max-steps", 1, "--max-length", 5, "--output", output, "--json");
        run.failed(2, "--max-length");
        run = Graft.run(
                        "train",
                        "--base",
                        Workspace.BASE,
                        "--data",
                        space.data(),
                        "--method",
                        "head",
                        "--max-steps",
                        1,
                        "--max-length",
                        5,
                        "--output",
                        output,
                        "--json")
                .done();
        int cut = ((Number) run.json().get("truncated_rows")).intValue();
        assertTrue(cut > 0, run.out());
        assertTrue(run.err().contains(cut + " rows are longer than --max-length"), run.err());
    }

    @Test
    void anInitialAdapterBringsItsMethodAndSettings() throws Exception {
        space.train("--init-adapter", Workspace.ADAPTER, "--learning-rate", 1e-3, "--max-steps", 1, "--output", output)
                .done();
        assertEquals("lora", record().get("method"));
        assertEquals(16, ((Map<?, ?>) record().get("method_settings")).get("lora_alpha"));
        assertEquals(64, record().get("init_adapter").toString().length());
        space.train("--method", "lora", "--max-steps", 1, "--output", folder.resolve("new"))
                .done();
        assertNull(Json.read(folder.resolve("new/run.json")).get("init_adapter"));
    }

    @Test
    void theSameSettingsMayBeGivenAgain() {
        space.train(
                        "--init-adapter",
                        Workspace.ADAPTER,
                        "--method",
                        "lora",
                        "--set",
                        "r=8.0",
                        "--set",
                        "target_modules=query,value",
                        "--max-steps",
                        1,
                        "--output",
                        output)
                .done();
    }

    @Test
    void whatContradictsTheInitialAdapterIsRefused() throws Exception {
        Object[] init = {"--init-adapter", Workspace.ADAPTER, "--output", output};
        space.train(init[0], init[1], init[2], init[3], "--method", "head")
                .failed(2, "--method is head", "is of lora", "leave --method out");
        space.train(init[0], init[1], init[2], init[3], "--set", "r=4").failed(2, "--set r is 4", "has 8");
        space.train(init[0], init[1], init[2], init[3], "--set", "rank=4").failed(2, "--set rank is unknown", "r=8");
        space.file("data/labels.json", "[\"river\", \"sea\", \"lake\", \"pond\"]");
        space.train(init).failed(2, "'pond'", "lake, river, sea");
        assertFalse(Files.exists(output));
    }

    @Test
    void theInitialAdaptersOrderOfLabelsCounts() throws Exception {
        space.data();
        space.file("data/labels.json", "[\"sea\", \"lake\", \"river\"]");
        space.train("--init-adapter", Workspace.ADAPTER, "--max-steps", 1, "--output", output)
                .done();
        assertEquals(List.of("lake", "river", "sea"), record().get("labels"));
    }
}
