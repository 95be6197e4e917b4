package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of pulled models on the command line; the hub itself is tested beside its code. */
class PullCommandTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    private String run(int code, Object... words) throws Exception {
        Path log = folder.resolve("log");
        String shell = "export HF_HUB_OFFLINE=1 HF_HUB_CACHE=" + folder;
        int ended = Subprocess.start(log, shell, words).waitFor();
        String said = Files.readString(log);
        assertEquals(code, ended, said);
        return said;
    }

    private Path model() {
        return folder.resolve("models--org--tiny");
    }

    @Test
    void aPulledModelIsABaseByItsName() throws Exception {
        Path snapshot = new Workspace(model().resolve("snapshots")).copy(Workspace.BASE, COMMIT);
        new Workspace(model()).file("refs/main", COMMIT);
        assertEquals(snapshot.toString(), run(0, "pull", "org/tiny").strip());
        String json = run(0, "inspect", "org/tiny", "--json");
        assertTrue(json.contains("\"kind\":\"base\"") && json.contains(COMMIT), json);
        Path output = folder.resolve("out.jsonl");
        Object[] words = {"--adapter", Workspace.ADAPTER, "--input", Graft.fixture("gelu/data.jsonl")};
        run(0, "predict", "--base", "org/tiny@" + COMMIT, words[0], words[1], words[2], words[3], "--output", output);
        assertEquals(12, Files.readAllLines(output).size());
    }

    @Test
    void whatWasNotPulledIsSaidWithTheWayToPullIt() throws Exception {
        String message = run(2, "inspect", "org/other@v1");
        assertTrue(message.contains("graft pull org/other@v1"), message);
        Graft.run("evaluate", "--base", "no-such/model", "--data", folder)
                .failed(2, "no-such/model", "graft pull no-such/model");
        Graft.run("evaluate", "--base", "./no-such", "--data", folder)
                .failed(2, "./no-such", "does not exist; allowed");
        Graft.run("pull", "a/b/c").failed(2, "ORG/NAME");
    }
}
