package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was killed and resumed is the run that was not. */
class ResumeTest {
    @TempDir
    Path folder;

    private static Object[] words(Workspace space, Path output, Object... more) {
        Object[] words = {
            "--method",
            "lora",
            "--set",
            "lora_dropout=0.3",
            "--epochs",
            60,
            "--checkpoint-every",
            5,
            "--evaluate-every",
            4,
            "--output",
            output
        };
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray();
    }

    private Path killedRun(Workspace space) throws Exception {
        return killedRun(space, Process::destroyForcibly);
    }

    private Path killedRun(Workspace space, Consumer<Process> kill) throws Exception {
        Path output = folder.resolve("killed");
        Path log = folder.resolve("log");
        Object[] train = {
            "train", "--base", Workspace.BASE, "--data", space.data(), "--max-length", 40, "--batch-size", 4
        };
        Process process = Subprocess.start(
                log,
                "true",
                Stream.concat(Stream.of(train), Stream.of(words(space, output))).toArray());
        try {
            Subprocess.await(process, output.resolve("checkpoint/state.json"), log);
        } finally {
            kill.accept(process);
            process.waitFor();
        }
        assertTrue(Files.exists(output.resolve("checkpoint/state.json")), Files.readString(log));
        assertFalse(Files.exists(output.resolve("adapter_model.safetensors")), "it ended before it was killed");
        return output;
    }

    @Test
    void aKilledRunGoesOnToTheSameBytes() throws Exception {
        Workspace space = new Workspace(folder);
        Path killed = killedRun(space);
        space.train(words(space, killed, "--seed", 1, "--resume"))
                .failed(2, "--resume", "training.seed 0", "now it is 1");
        space.train(words(space, killed)).failed(2, "not empty");
        Graft resumed = space.train(words(space, killed, "--resume", "--json")).done();
        assertTrue(((Number) resumed.json().get("resumed_after_step")).intValue() >= 5, resumed.out());
        assertTrue(resumed.err().contains("going on after step"), resumed.err());

        Path whole = folder.resolve("whole");
        space.train(words(space, whole)).done();
        for (String file : List.of("adapter_model.safetensors", "best/adapter_model.safetensors", "metrics.jsonl")) {
            assertEquals(-1, Files.mismatch(whole.resolve(file), killed.resolve(file)), file);
        }
        assertEquals(Workspace.files(whole), Workspace.files(killed));
        Map<?, ?> a = (Map<?, ?>) Json.read(whole.resolve("run.json")).get("finished");
        Map<?, ?> b = (Map<?, ?>) Json.read(killed.resolve("run.json")).get("finished");
        for (String key : List.of("steps", "tokens", "final_validation", "best_validation")) {
            assertEquals(a.get(key), b.get(key), key);
        }

        space.train(words(space, killed, "--resume")).failed(2, "is finished", "nothing to resume");
    }

    @Test
    void anInterruptedRunSaysHowToGoOn() throws Exception {
        Path output = killedRun(new Workspace(folder), Process::destroy);
        String log = Files.readString(folder.resolve("log"));
        assertTrue(log.contains("graft: interrupted; the same command with --resume goes on"), log);
        assertFalse(log.contains("unexpected"), log);
        assertTrue(Workspace.files(output).stream().noneMatch(name -> name.contains(".tmp")), output.toString());
    }

    @Test
    void thereMustBeARunToResume() {
        Workspace space = new Workspace(folder);
        space.train(words(space, folder.resolve("none"), "--resume"))
                .failed(2, "none", "--resume needs", "leave it out");
        assertFalse(Files.exists(folder.resolve("none")));
    }

    @Test
    void aCheckpointThatIsDamagedIsRefused() throws Exception {
        Workspace space = new Workspace(folder);
        Path killed = killedRun(space);
        Path state = killed.resolve("checkpoint/state.safetensors");
        Files.write(state, java.util.Arrays.copyOf(Files.readAllBytes(state), 100));
        space.train(words(space, killed, "--resume")).failed(2, "state.safetensors", "truncated");
    }
}
