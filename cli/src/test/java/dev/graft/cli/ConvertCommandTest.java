package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters become low-rank ones that predict the same. */
class ConvertCommandTest {
    private static final Path BASE = Graft.fixture("gelu/base");

    @TempDir
    Path folder;

    @Test
    void aWideEnoughRankLosesNothing() throws Exception {
        Path adapter = Graft.fixture("gelu/adapters/bias-lora-only");
        Path output = folder.resolve("converted");
        Graft run = Graft.run(
                        "convert", "--base", BASE, "--adapter", adapter, "--rank", 4, "--output", output, "--json")
                .done();
        assertTrue(((Number) run.json().get("relative_error")).doubleValue() < 1e-5, run.out());
        new Workspace(folder).assertSamePredictions(adapter, output);
    }

    @Test
    void halfOfEachOfTheSameIsTheSame() throws Exception {
        Path adapter = Graft.fixture("gelu/adapters/rslora");
        Path output = folder.resolve("sum");
        Graft.run(
                        "convert",
                        "--base",
                        BASE,
                        "--adapter",
                        adapter + "," + adapter,
                        "--weights",
                        "0.25,0.75",
                        "--rank",
                        4)
                .failed(2, "--output");
        Graft.run(
                        "convert",
                        "--base",
                        BASE,
                        "--adapter",
                        adapter + "," + adapter,
                        "--weights",
                        "0.25,0.75",
                        "--rank",
                        4,
                        "--output",
                        output)
                .done();
        new Workspace(folder).assertSamePredictions(adapter, output);
    }

    @Test
    void theErrorOfASmallRankIsReported() throws Exception {
        Graft run = Graft.run(
                        "convert",
                        "--base",
                        BASE,
                        "--adapter",
                        Graft.fixture("gelu/adapters/default"),
                        "--rank",
                        1,
                        "--output",
                        folder.resolve("narrow"),
                        "--json")
                .done();
        double error = ((Number) run.json().get("relative_error")).doubleValue();
        assertTrue(error > 0.1 && error < 1, run.out());
    }

    @Test
    void whatHasNoSuchFormIsRefusedBySite() {
        Object[] words = {"convert", "--base", BASE, "--output", folder.resolve("none"), "--adapter"};
        List<Object> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(Graft.fixture("gelu/adapters/bias-all"), "--rank", 4));
        Graft.run(all.toArray()).failed(2, "site bert.embeddings.LayerNorm", "cannot be converted", "linear sites");
        List<Object> wide = new ArrayList<>(List.of(words));
        wide.addAll(List.of(Graft.fixture("gelu/adapters/default"), "--rank", 4000));
        Graft.run(wide.toArray()).failed(2, "rank is 4000", "1 to");
    }
}
