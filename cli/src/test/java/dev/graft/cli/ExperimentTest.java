package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.TrainingListener;
import dev.graft.training.experiment.Experiment;
import dev.graft.training.experiment.ExperimentFile;
import dev.graft.training.experiment.ExperimentRun;
import dev.graft.training.experiment.Lab;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft compare FILE}: what it does, does not do again, takes up again, and that all of it can be followed back. */
class ExperimentTest {
    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        space.data();
    }

    /** Two variants of LoRA and the classifier alone, two rates each, two seeds, eight steps. */
    private Path file(String budget) throws IOException {
        return space.file("experiment.json", """
                {
                  "name": "tiny",
                  "claim": "rank does not matter",
                  "bases": ["BASE"],
                  "data": ["DATA"],
                  "methods": [
                    {"method": "lora", "grid": {"r": [1, 4]}},
                    {"method": "head", "name": "classifier"}
                  ],
                  "seeds": 2,
                  "budget": BUDGET,
                  "training": {"batch_size": 4, "max_length": 20, "evaluate_every": 4, "checkpoint_every": 2},
                  "learning_rate": {"trials": 2, "factor": 10},
                  "quick": {"seeds": 1, "learning_rate": {"trials": 1}, "budget": {"steps": 2}}
                }
                """.replace("BASE", Workspace.BASE.toString())
                .replace("DATA", space.data().toString())
                .replace("BUDGET", budget));
    }

    private Graft compare(Path file, String report, Object... more) {
        List<Object> words = new ArrayList<>(List.of("compare", file, "--report", folder.resolve(report)));
        words.addAll(Arrays.asList(more));
        return Graft.run(words.toArray());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Map<String, Object> json) {
        return (List<Map<String, Object>>) json.get("results");
    }

    private static Map<String, Object> object(Map<String, Object> map, String key) {
        Map<String, Object> found = new TreeMap<>();
        ((Map<?, ?>) map.get(key)).forEach((name, value) -> found.put(name.toString(), value));
        return found;
    }

    @Test
    void everyRowIsMeasuredAndLeadsBackToItsRun() throws Exception {
        Map<String, Object> json =
                compare(file("{\"steps\": 8}"), "report", "--json").done().json();
        List<Map<String, Object>> rows = rows(json);
        assertEquals(
                List.of("lora r=1", "lora r=1", "lora r=4", "lora r=4", "classifier", "classifier"),
                rows.stream().map(row -> row.get("name")).toList());
        assertEquals(
                List.of(0, 1, 0, 1, 0, 1),
                rows.stream().map(row -> row.get("seed")).toList());
        Path report = folder.resolve("report");
        assertEquals(6, Files.readAllLines(report.resolve("results.jsonl")).size());
        assertEquals(6, Files.readAllLines(report.resolve("trials.jsonl")).size(), "two rates for three variants");
        for (Map<String, Object> row : rows) {
            complete(row, report);
        }
        reported(report, json.get("digest").toString());
        evaluated(rows.get(0), report);
        repeated(rows.get(3), report);
    }

    private static void complete(Map<String, Object> row, Path report) throws IOException {
        Map<String, Object> figures = object(row, "figures");
        for (String key : List.of(
                "accuracy",
                "macro_f1",
                "loss",
                "validation_accuracy",
                "trainable_parameters",
                "share_of_base",
                "adapter_bytes",
                "steps",
                "train_tokens",
                "final_train_loss")) {
            assertTrue(figures.get(key) instanceof Number, key + " in " + row);
        }
        assertEquals(8, figures.get("steps"));
        assertTrue(object(row, "measured").get("ms_per_step") instanceof Number, row.toString());
        Map<String, Object> record =
                Json.read(report.resolve(row.get("run").toString()).resolve("run.json"));
        assertEquals(row.get("command"), record.get("command"));
        assertEquals(row.get("learning_rate"), object(record, "training").get("learning_rate"));
        Path adapter = report.resolve(row.get("adapter").toString());
        assertTrue(Files.exists(adapter.resolve("adapter_model.safetensors")), adapter.toString());
    }

    private static void reported(Path report, String digest) throws IOException {
        String page = Files.readString(report.resolve("report.html"));
        for (String part :
                List.of("rank does not matter", "<svg", "lora r=4", "Learning rates that were tried", digest)) {
            assertTrue(page.contains(part), part);
        }
        assertFalse(page.contains("<script") || page.contains("NaN"), "plain pictures, and every number is one");
    }

    /** The adapter of a row has the accuracy and the loss of the row. */
    private void evaluated(Map<String, Object> row, Path report) throws Exception {
        Map<String, Object> again = Graft.run(
                        "evaluate",
                        "--base",
                        Workspace.BASE,
                        "--data",
                        space.data(),
                        "--adapter",
                        report.resolve(row.get("adapter").toString()),
                        "--json")
                .done()
                .json();
        for (String key : List.of("accuracy", "macro_f1", "loss")) {
            assertEquals(again.get(key), object(row, "figures").get(key), key);
        }
    }

    /** The command of a row gives its adapter again, bit for bit. */
    private void repeated(Map<String, Object> row, Path report) throws Exception {
        String command = row.get("command").toString();
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.remove("bin/graft");
        Path again = folder.resolve("again");
        words.set(words.size() - 1, again.toString());
        Graft.run(words.toArray()).done();
        Path adapter = report.resolve(row.get("adapter").toString());
        assertEquals(
                -1,
                Files.mismatch(
                        adapter.resolve("adapter_model.safetensors"), again.resolve("best/adapter_model.safetensors")));
    }

    @Test
    void twoRunsGiveTheSameFiguresAndASecondStartDoesNothing() throws Exception {
        Path file = file("{\"steps\": 8}");
        Map<String, Object> first =
                compare(file, "a", "--json", "--threads", 1).done().json();
        Map<String, Object> second =
                compare(file, "b", "--json", "--threads", 2).done().json();
        assertEquals(first.get("digest"), second.get("digest"));
        List<String> before = Workspace.files(folder.resolve("a"));
        String results = Files.readString(folder.resolve("a/results.jsonl"));
        Graft third = compare(file, "a", "--json").done();
        assertEquals(first, third.json());
        assertFalse(third.err().contains("step 4"), third.err());
        assertEquals(before, Workspace.files(folder.resolve("a")));
        assertEquals(results, Files.readString(folder.resolve("a/results.jsonl")));
    }

    @Test
    void testRowsAreLookedAtOnlyForResults() throws Exception {
        compare(file("{\"steps\": 8}"), "report").done();
        List<String> files = Workspace.files(folder.resolve("report"));
        assertEquals(
                9, files.stream().filter(name -> name.endsWith("/run.json")).count(), "9 runs, 3 of them trials only");
        assertEquals(
                6, files.stream().filter(name -> name.endsWith("/test.json")).count());
    }

    @Test
    void moreSeedsAddRunsAndAChangedSettingMakesNewOnes() throws Exception {
        Path file = file("{\"steps\": 8}");
        compare(file, "report", "--methods", "classifier").done();
        assertEquals(3, runs(), "two rates, the better one with two seeds");
        compare(file, "report", "--methods", "head", "--seeds", 3).done();
        assertEquals(4, runs());
        compare(file("{\"steps\": 7}"), "report", "--methods", "classifier").done();
        assertEquals(7, runs());
    }

    private long runs() throws IOException {
        return Workspace.files(folder.resolve("report")).stream()
                .filter(name -> name.endsWith("/run.json"))
                .count();
    }

    @Test
    void aCutExperimentGoesOnToTheSameFigures() throws Exception {
        Path file = file("{\"steps\": 8}");
        Map<String, Object> whole = compare(file, "whole", "--json").done().json();
        Experiment experiment = ExperimentFile.read(file, false, ExperimentFile.Changes.NONE);
        Lab lab = new Lab(
                new Opened(),
                PeftMethods.discover(ModuleLayer.boot()),
                folder.resolve("cut"),
                List.of("--math", "fp32"),
                Clock.systemUTC());
        TrainingListener cutting = new TrainingListener() {
            @Override
            public void step(long step, long total, double loss, long tokens) {
                if (step == 5) {
                    throw new IllegalStateException("the power failed");
                }
            }
        };
        assertThrows(
                IllegalStateException.class, () -> new ExperimentRun(experiment, lab, title -> cutting).run(Map.of()));
        Graft resumed = compare(file, "cut", "--json").done();
        assertEquals(whole.get("digest"), resumed.json().get("digest"));
        Path run = folder.resolve("cut").resolve(trial(folder.resolve("cut")));
        assertEquals(4, object(Json.read(run.resolve("run.json")), "finished").get("resumed_after_step"));
    }

    private static String trial(Path report) throws IOException {
        Path trials = report.resolve("trials.jsonl");
        return Json.parse(trials, Files.readAllLines(trials).get(0)).get("run").toString();
    }

    private static final class Opened implements Lab.Opening {
        @Override
        public BaseModel base(String name) throws IOException {
            return BaseModel.open(Path.of(name));
        }

        @Override
        public Workers workers() {
            return new Workers(MathMode.FP32, 1);
        }
    }

    @Test
    void budgetsAreStepsTokensOrSeconds() throws Exception {
        long perStep = tokens(compare(file("{\"steps\": 1}"), "one", "--json", "--methods", "head", "--seeds", 1));
        Map<String, Object> read = figures(compare(
                file("{\"tokens\": " + (perStep + 1) + "}"), "two", "--json", "--methods", "head", "--seeds", 1));
        assertEquals(2, read.get("steps"));
        Graft timed = compare(file("{\"seconds\": 0.2}"), "timed", "--json", "--methods", "head", "--seeds", 1);
        int steps = (int) figures(timed).get("steps");
        assertTrue(steps >= 1, timed.out());
        assertTrue(rows(timed.json()).get(0).get("command").toString().contains("--max-steps " + steps), timed.out());
        Graft again = compare(file("{\"seconds\": 0.2}"), "timed", "--json", "--methods", "head", "--seeds", 1);
        assertEquals(timed.out(), again.out());
    }

    private static Map<String, Object> figures(Graft done) throws Exception {
        return object(rows(done.done().json()).get(0), "figures");
    }

    private static long tokens(Graft done) throws Exception {
        return ((Number) figures(done).get("train_tokens")).longValue();
    }

    @Test
    void aQuickLookIsSmallerAndHasAFolderOfItsOwn() throws Exception {
        Map<String, Object> json = compare(file("{\"steps\": 8}"), "quick", "--quick", "--json")
                .done()
                .json();
        assertEquals(3, rows(json).size());
        rows(json).forEach(row -> assertEquals(2, object(row, "figures").get("steps")));
        assertEquals(0, Files.readAllLines(folder.resolve("quick/trials.jsonl")).size());
    }

    @Test
    void chosenRowsAreKeptAndNested() throws Exception {
        Path few = space.file("few.json", """
                {"name": "few", "bases": ["%s"], "methods": ["head"], "seeds": 1, "budget": {"epochs": 1},
                 "training": {"max_length": 20}, "learning_rate": {"trials": 1}, "rows": {"test": 5},
                 "data": [{"data": "%s", "name": "four", "rows": {"train": 4}},
                          {"data": "%s", "name": "eight", "rows": {"train": 8}}]}
                """.formatted(Workspace.BASE, space.data(), space.data()));
        Map<String, Object> json = compare(few, "report", "--json").done().json();
        List<Path> kept = new ArrayList<>();
        for (Map<String, Object> row : rows(json)) {
            List<String> words = List.of(row.get("command").toString().split(" "));
            kept.add(Path.of(words.get(words.indexOf("--data") + 1)));
            assertEquals(5, object(row, "figures").get("rows"));
        }
        List<String> four = Files.readAllLines(kept.get(0).resolve("train.jsonl"));
        List<String> eight = Files.readAllLines(kept.get(1).resolve("train.jsonl"));
        assertEquals(4, four.size());
        assertEquals(8, eight.size());
        assertTrue(eight.containsAll(four));
        assertNotEquals(
                eight.subList(0, 4),
                Files.readAllLines(space.data().resolve("train.jsonl")).subList(0, 4));
    }

    @Test
    void aRunThatDivergesIsNotedAndTheOthersGoOn() throws Exception {
        Path wild = space.file("wild.json", """
                {"name": "wild", "bases": ["%s"], "data": ["%s"], "seeds": 1, "budget": {"steps": 6},
                 "training": {"batch_size": 4, "max_length": 20}, "learning_rate": {"trials": 1},
                 "methods": [{"method": "full", "name": "wild", "learning_rates": [1e30]}, "head"]}
                """.formatted(Workspace.BASE, space.data()));
        Graft done = compare(wild, "report");
        assertEquals(1, done.code(), done.err());
        assertTrue(done.err().contains("failed: wild, seed 0"), done.err());
        assertTrue(done.out().contains("Runs that failed"), done.out());
        List<String> lines = Files.readAllLines(folder.resolve("report/results.jsonl"));
        assertTrue(lines.get(0).contains("\"failed\"") && lines.get(1).contains("\"done\""), lines.toString());
        assertEquals(1, compare(wild, "report").code(), "it is not tried again");
    }
}
