package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several adapters of different methods, trained by one command. */
class TrainRunsTest {
    private static final List<String> SAME = List.of(
            "adapter_config.json",
            "adapter_model.safetensors",
            "graft.json",
            "metrics.jsonl",
            "best/adapter_config.json",
            "best/adapter_model.safetensors",
            "best/graft.json");

    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
    }

    private Path runs(String... lines) throws Exception {
        return space.file("runs.jsonl", String.join("\n", lines) + "\n");
    }

    private String line(String options, String name) {
        return "{" + options + ", \"output\": \"" + folder.resolve(name) + "\"}";
    }

    @Test
    void eachIsTheAdapterOfTheSameCommandAlone() throws Exception {
        Path runs = runs(
                line("\"method\": \"lora\", \"set\": {\"r\": 2, \"lora_dropout\": 0.2}, \"seed\": 3", "a"),
                "",
                line("\"method\": \"prefix\", \"set\": {\"num_virtual_tokens\": 4}, \"max-length\": 30", "b"),
                line("\"method\": \"head\", \"max-steps\": 5, \"learning-rate\": 1e-2, \"no-shuffle\": true", "c"));
        Graft done = space.train("--runs", runs, "--max-steps", 3, "--set", "init_std=0.5", "--json");
        done.failed(2, "runs.jsonl, line 1", "init_std"); // a setting on the command line is everybody's
        assertEquals(List.of("runs.jsonl"), top());
        done = space.train("--runs", runs, "--max-steps", 3, "--json").done();
        List<?> summaries = (List<?>) done.json().get("runs");
        assertEquals(3, summaries.size());
        assertEquals(5, ((Map<?, ?>) summaries.get(2)).get("steps"));
        assertTrue(done.err().contains(folder.resolve("b") + ": step 3: validation"), done.err());
        space.train("--method", "lora", "--set", "r=2", "--set", "lora_dropout=0.2", "--seed", 3, "--max-steps", 3)
                .failed(2, "--output is missing");
        alone("a", "--method", "lora", "--set", "r=2", "--set", "lora_dropout=0.2", "--seed", 3, "--max-steps", 3);
        alone(
                "b",
                "--method",
                "prefix",
                "--set",
                "num_virtual_tokens=4",
                "--max-steps",
                3,
                "--max-length",
                30,
                "--threads",
                1);
        alone("c", "--method", "head", "--max-steps", 5, "--learning-rate", 1e-2, "--no-shuffle");
    }

    private List<String> top() throws Exception {
        return Workspace.files(folder).stream()
                .filter(name -> !name.startsWith("data"))
                .toList();
    }

    private void alone(String name, Object... options) throws Exception {
        Path output = folder.resolve("alone-" + name);
        Object[] words = new Object[options.length + 6];
        words[0] = "train";
        words[1] = "--base";
        words[2] = Workspace.BASE;
        words[3] = "--data";
        words[4] = space.data();
        words[5] = "--batch-size=4";
        System.arraycopy(options, 0, words, 6, options.length);
        List<Object> all = new java.util.ArrayList<>(List.of(words));
        if (!all.contains("--max-length")) {
            all.addAll(List.of("--max-length", 40));
        }
        all.addAll(List.of("--output", output));
        Graft.run(all.toArray()).done();
        for (String file : SAME) {
            assertEquals(
                    -1, Files.mismatch(folder.resolve(name).resolve(file), output.resolve(file)), name + "/" + file);
        }
    }

    @Test
    void theRecordHasTheCommandThatGivesTheRunAlone() throws Exception {
        Path runs = runs(line("\"method\": \"lora\", \"set\": {\"target_modules\": [\"query\"]}", "a"));
        space.train("--runs", runs, "--max-steps", 1).done();
        String command = Json.read(folder.resolve("a/run.json")).get("command").toString();
        assertFalse(command.contains("--runs"), command);
        for (String part :
                List.of("train --base", "--max-steps 1", "--method lora", "--output " + folder.resolve("a"))) {
            assertTrue(command.contains(part), command);
        }
        assertTrue(command.contains("target_modules=[\"query\"]"), command);
    }

    @Test
    void aFolderThatIsTakenStopsAllBeforeTheFirstStep() throws Exception {
        Path runs =
                runs(line("\"method\": \"lora\"", "a"), line("\"method\": \"bitfit\", \"learning-rate\": 1e-3", "b"));
        space.file("b/precious", "keep me");
        space.train("--runs", runs, "--max-steps", 1).failed(2, folder.resolve("b"), "exists");
        assertFalse(Files.exists(folder.resolve("a")));
        assertEquals(List.of("precious"), Workspace.files(folder.resolve("b")));
    }

    @Test
    void wrongLinesAreNamed() throws Exception {
        space.train("--runs", runs("{\"method\": \"lora\"}")).failed(2, "runs.jsonl, line 1", "--output is missing");
        space.train("--runs", runs(line("\"methods\": \"lora\"", "a"))).failed(2, "line 1", "key methods", "max-steps");
        space.train("--runs", runs(line("\"method\": \"lora\"", "a"), line("\"method\": \"head\"", "a")))
                .failed(2, "line 2", "folder of its own");
        space.train("--runs", runs(line("\"method\": \"lora\"", "a"), "{")).failed(2, "line 2", "JSON");
        space.train("--runs", runs("")).failed(2, "holds no run");
        space.train("--runs", runs(line("\"set\": 3", "a"))).failed(2, "set is 3");
        space.train("--runs", runs(line("\"seed\": [1]", "a"))).failed(2, "seed is [1]");
        space.train("--runs", runs(line("\"max-steps\": \"many\"", "a"))).failed(2, "line 1", "--max-steps", "many");
        space.train("--runs", runs(line("\"threads\": 2", "a"))).failed(2, "key threads is unknown");
        space.train("--runs", folder.resolve("none.jsonl")).failed(2, "none.jsonl does not exist");
        assertFalse(Files.exists(folder.resolve("a")));
    }

    @Test
    void aRunThatEndedIsWrittenWhileOthersGoOn() throws Exception {
        Path runs = runs(
                line("\"method\": \"lora\", \"max-steps\": 2", "short"),
                line("\"method\": \"ia3\", \"epochs\": 60, \"checkpoint-every\": 5", "long"));
        Path killed = folder.resolve("long");
        Path log = folder.resolve("log");
        Object[] words = {
            "train", "--base", Workspace.BASE, "--data", space.data(), "--max-length", 40, "--batch-size", 4
        };
        List<Object> all = new java.util.ArrayList<>(List.of(words));
        all.addAll(List.of("--runs", runs));
        Process process = Subprocess.start(log, "true", all.toArray());
        try {
            Subprocess.await(process, killed.resolve("checkpoint/state.json"), log);
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        assertTrue(Json.read(folder.resolve("short/run.json")).containsKey("finished"));
        assertFalse(Json.read(killed.resolve("run.json")).containsKey("finished"));
        space.train("--runs", runs, "--resume", "--seed", 1).failed(2, "the run in " + folder.resolve("short"), "seed");
        Graft rest = space.train("--runs", runs, "--resume").done();
        assertTrue(rest.err().contains(folder.resolve("short") + " is finished"), rest.err());
        assertTrue(Json.read(killed.resolve("run.json")).containsKey("finished"));
        space.train("--runs", runs, "--resume").failed(2, "is finished", "nothing to resume");
        Path alone = folder.resolve("alone");
        space.train("--method", "ia3", "--epochs", 60, "--checkpoint-every", 5, "--output", alone)
                .done();
        String tensors = "adapter_model.safetensors";
        assertEquals(-1, Files.mismatch(alone.resolve(tensors), killed.resolve(tensors)));
    }

    /** What fails before the first step leaves nothing of any run. */
    @Test
    void aRunThatCannotBeginStopsAllBeforeTheFirstStep() throws Exception {
        space.train(
                        "--runs",
                        runs(line("\"method\": \"lora\"", "a"), line("\"method\": \"lora\", \"set\": {\"r\": 0}", "b")),
                        "--max-steps",
                        1)
                .failed(2, "'r'", "0");
        assertFalse(Files.exists(folder.resolve("a")));
    }
}
