package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.EncodedRows;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Split;
import dev.graft.training.plan.DataSource;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an experiment measures on request: the time of inference, and what the base forgets. */
class ExperimentMeasuresTest {
    private static final String CLASSES = """
            {"name": "tiny", "bases": ["BASE"], "data": ["DATA"], "seeds": 1, "budget": {"steps": 2},
             "methods": ["lora", {"method": "pfeiffer", "set": {"reduction_factor": 4}}],
             "training": {"batch_size": 4, "max_length": 20}, "learning_rate": {"trials": 1}MORE}
            """;
    private static final String TEXTS = """
            {"name": "texts", "bases": ["BASE"], "data": ["DATA"], "methods": ["METHOD"], "seeds": 1,
             "budget": {"steps": 4}, "training": {"batch_size": 4, "max_length": 32}, "learning_rate": {"trials": 1},
             "forgetting": {"data": "DATA", "name": "general", "rows": {"test": 5}}}
            """;

    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        space.data();
    }

    private Graft compare(String text, Object... more) throws IOException {
        Path file = space.file("experiment.json", text);
        Object[] words = new Object[more.length + 4];
        System.arraycopy(new Object[] {"compare", file, "--report", folder.resolve("report")}, 0, words, 0, 4);
        System.arraycopy(more, 0, words, 4, more.length);
        return Graft.run(words);
    }

    private String classes(String more) {
        return CLASSES.replace("BASE", Workspace.BASE.toString())
                .replace("DATA", space.data().toString())
                .replace("MORE", more);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> part(Graft done, int row, String key) throws Exception {
        List<Map<String, Object>> rows =
                (List<Map<String, Object>>) done.done().json().get("results");
        return (Map<String, Object>) rows.get(row).get(key);
    }

    /** It is asked for when the runs are done: they are not done again, but measured. */
    @Test
    void latencyIsMeasuredForTheBaseTheAdapterAndTheMergedBase() throws Exception {
        Graft before = compare(classes(""), "--json");
        assertFalse(before.out().contains("latency"), before.out());
        String more = ", \"latency\": {\"batches\": [1, 3], \"lengths\": [5, 9], \"rounds\": 2, \"warm_up\": 0.01}";
        Graft done = compare(classes(more), "--json");
        assertEquals(before.done().json().get("digest"), done.done().json().get("digest"), "times are not in it");
        for (String size : List.of("b1_t5", "b1_t9", "b3_t5", "b3_t9")) {
            for (String what : List.of("base_", "", "merged_")) {
                Object time = part(done, 0, "measured").get(what + "latency_ms_" + size);
                assertTrue(time instanceof Double ms && ms > 0, what + size + " " + time);
            }
        }
        Map<String, Object> bottleneck = part(done, 1, "measured");
        assertTrue(bottleneck.get("latency_ms_b1_t5") instanceof Double, bottleneck.toString());
        assertFalse(bottleneck.containsKey("merged_latency_ms_b1_t5"), bottleneck.toString());
        assertTrue(bottleneck.get("not_merged").toString().contains("cannot be merged"), bottleneck.toString());
        String page = Files.readString(folder.resolve("report/report.html"));
        assertTrue(page.contains("Inference, ms") && page.contains("lora, merged"), "a picture and its table");
        assertEquals(done.out(), compare(classes(more), "--json").out(), "measured once");
        assertTrue(compare(classes(more)).done().out().contains("batch 3"), "printed too");
    }

    @Test
    void sizesThatAreWrongAreNamed() throws Exception {
        compare(classes(", \"latency\": {\"batches\": [0]}")).failed(2, "latency.batches is [0]", "from 1");
        compare(classes(", \"latency\": {\"lengths\": [8, 8]}")).failed(2, "latency.lengths", "different");
        compare(classes(", \"latency\": {\"lengths\": [4000]}")).failed(2, "latency.lengths has 4000", "at most 40");
        compare(classes(", \"latency\": {\"sizes\": [8]}")).failed(2, "'sizes'", "batches, lengths, rounds, warm_up");
    }

    private String texts(String model, String method) throws IOException {
        Path fixture = Graft.fixture("..").resolve(model);
        Path data = Files.createDirectories(folder.resolve("texts"));
        for (String part : List.of("train.jsonl", "validation.jsonl", "test.jsonl")) {
            if (!Files.exists(data.resolve(part))) {
                Files.copy(fixture.resolve("data.jsonl"), data.resolve(part));
            }
        }
        return TEXTS.replace("BASE", fixture.resolve("base").toString())
                .replace("DATA", data.toString())
                .replace("METHOD", method);
    }

    @Test
    void forgettingIsTheRiseOfTheLossOnOtherText() throws Exception {
        Graft done = compare(texts("gpt2/lm", "lora"), "--json");
        Map<String, Object> figures = part(done, 0, "figures");
        Path chosen = chosen();
        assertEquals(5, Files.readAllLines(chosen.resolve("test.jsonl")).size());
        double before = loss(chosen, null);
        double after = loss(chosen, folder.resolve("report/runs").resolve(run()).resolve("best"));
        assertEquals(before, (double) figures.get("general_loss_before"), 1e-6);
        assertEquals(after, (double) figures.get("general_loss_after"), 1e-6);
        assertEquals(after - before, (double) figures.get("forgetting"), 1e-6);
        assertTrue(Math.abs(after - before) > 1e-4, "the training changed something");
        assertEquals(done.out(), compare(texts("gpt2/lm", "lora"), "--json").out(), "measured once");
        assertTrue(compare(texts("gpt2/lm", "lora")).done().out().contains("forgotten"));
    }

    private Path chosen() throws IOException {
        try (var folders = Files.list(folder.resolve("report/data"))) {
            return folders.findFirst().orElseThrow();
        }
    }

    private String run() throws IOException {
        Path results = folder.resolve("report/results.jsonl");
        String run = Json.parse(results, Files.readAllLines(results).get(0))
                .get("run")
                .toString();
        return run.substring("runs/".length());
    }

    /** The mean loss of a token of the whole texts. */
    private static double loss(Path data, Path folder) throws IOException {
        PeftMethods methods = PeftMethods.discover(ModuleLayer.boot());
        DataSet texts = DataSource.read(data.toString(), "everything");
        try (BaseModel base = BaseModel.open(Graft.fixture("..").resolve("gpt2/lm/base"));
                Workers workers = new Workers(MathMode.FP32, 1);
                Adapter adapter = folder == null
                        ? null
                        : AdapterFolder.load(base, methods, folder).adapter()) {
            LanguageModel model = new LanguageModel(base, workers);
            EncodedRows rows = EncodedRows.of(base, adapter, texts, Split.TEST, 32);
            double sum = 0;
            int tokens = 0;
            for (LanguageModel.Scored row : model.score(rows.rows(), adapter)) {
                sum -= row.logprob();
                tokens += row.logprobs().length;
            }
            return sum / tokens;
        }
    }

    @Test
    void aBaseThatPredictsNoTokensForgetsNothing() throws Exception {
        String more = ", \"forgetting\": {\"data\": \"" + space.data() + "\"}";
        compare(classes(more)).failed(2, "forgetting", "predicts no tokens", "GPT-2");
        String labelled = texts("gpt2/lm", "lora")
                .replace(
                        "{\"data\": \"" + folder.resolve("texts") + "\", \"name\"",
                        "{\"data\": \"" + space.data() + "\", \"name\"");
        compare(labelled).failed(2, "forgetting.data is " + space.data(), "have labels");
    }
}
