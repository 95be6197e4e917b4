package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command compare on the tiny task: what it prints and writes, and what it refuses before any training. */
class CompareCommandTest {
    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        space.data();
    }

    private Graft compare(Object... more) {
        Object[] words = {"compare", "--base", Workspace.BASE, "--data", space.data(), "--max-length", 20};
        return Graft.run(Stream.concat(Stream.of(words), Stream.of(more)).toArray());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> methods(Map<String, Object> json) {
        return (List<Map<String, Object>>) json.get("methods");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> runs(Map<String, Object> method) {
        return (List<Map<String, Object>>) method.get("runs");
    }

    @Test
    void everyKindOfMethodIsComparedByDefault() throws Exception {
        Map<String, Object> json = compare("--epochs", 1, "--json", "--report", folder.resolve("report"))
                .done()
                .json();
        List<String> trained = methods(json).stream()
                .map(method -> String.valueOf(runs(method).get(0).get("method")))
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "bitfit",
                        "dora",
                        "full",
                        "head",
                        "houlsby",
                        "ia3",
                        "lora",
                        "p-tuning-v2",
                        "parallel",
                        "pfeiffer",
                        "prefix",
                        "prompt"),
                trained);
        Map<?, ?> rankings = (Map<?, ?>) json.get("rankings");
        assertEquals(Set.of("accuracy", "parameters", "time", "memory", "latency"), rankings.keySet());
        rankings.values().forEach(names -> assertEquals(12, ((List<?>) names).size()));
        assertEquals("full", ((List<?>) rankings.get("parameters")).get(11));
        assertEquals("head", ((List<?>) rankings.get("parameters")).get(0));
        methods(json)
                .forEach(method -> assertTrue(
                        ((Number) runs(method).get(0).get("latency_ms")).doubleValue() > 0, method.toString()));
    }

    @Test
    void everyMethodIsRankedAndReported() throws Exception {
        Path report = folder.resolve("new/report");
        Graft done = compare("--methods", "lora,head,full", "--epochs", 2, "--seeds", 2, "--report", report)
                .done();
        List<String> lines = done.out().lines().filter(line -> !line.isBlank()).toList();
        assertTrue(lines.get(0).contains("accuracy %") && lines.get(0).contains("peak MiB"), done.out());
        for (String method : List.of("lora", "head", "full")) {
            assertTrue(lines.stream().anyMatch(line -> line.startsWith(method + " ")), done.out());
            assertTrue(done.err().contains(method + ", seed 1"), done.err());
        }
        for (String part :
                List.of("base: " + Workspace.BASE, "data: ", "12 training", "report.html", "bin/graft train")) {
            assertTrue(done.err().contains(part), done.err());
        }
        assertEquals(List.of("report.html", "results.json"), Workspace.files(report));
        String page = Files.readString(report.resolve("report.html"));
        assertTrue(page.contains("bin/graft compare --base"), "the command is in the report");
        Map<String, Object> json = Json.read(report.resolve("results.json"));
        assertEquals(3, methods(json).size());
        for (Map<String, Object> method : methods(json)) {
            assertEquals(2, runs(method).size());
            for (Map<String, Object> run : runs(method)) {
                double memory = ((Number) run.get("peak_memory_mib")).doubleValue();
                assertTrue(memory > 10 || memory < 0, run.toString());
            }
        }
    }

    @Test
    void aSeedGivesTheSameFiguresWhateverRanBefore() throws Exception {
        Map<String, Object> both = compare(
                        "--epochs", 1, "--methods", "full,lora", "--json", "--report", folder.resolve("a"))
                .done()
                .json();
        Map<String, Object> alone = compare(
                        "--epochs", 1, "--methods", "lora", "--json", "--report", folder.resolve("b"))
                .done()
                .json();
        var first = methods(both).stream()
                .filter(method -> runs(method).get(0).get("method").equals("lora"))
                .findFirst()
                .orElseThrow();
        for (String key : List.of("accuracy", "macro_f1", "losses", "settings")) {
            assertEquals(
                    runs(methods(alone).get(0)).get(0).get(key),
                    runs(first).get(0).get(key),
                    key);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--methods lora,nope | 'nope' is unknown | lora",
                "--methods lora,lora | 'lora' | twice",
                "--seeds 0 | --seeds is 0 | 1 or more",
                "--epochs 0 | --epochs is 0 | 1 or more",
                "--max-length 2 | --max-length is 2 | 3",
                "--max-length 41 | --max-length is 41 | 40 positions",
                "--threads 0 | --threads is 0 | 1 or more",
                "--math fp8 | --math is fp8 | fp32, bf16",
                "--full | --full | embedded task",
                "--base nowhere | nowhere | does not exist",
                "--data nowhere | nowhere | folder",
            })
    void aWrongOptionEndsBeforeTraining(String option, String first, String second) throws IOException {
        List<String> before = space.files();
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("--base", Workspace.BASE);
        options.put("--data", space.data());
        options.put("--max-length", 40);
        options.put("--report", folder.resolve("report"));
        String[] words = option.split(" ");
        options.put(words[0], words.length > 1 ? words[1] : null);
        Graft done = Graft.run(Stream.concat(
                        Stream.of("compare"),
                        options.entrySet().stream()
                                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                                .filter(Objects::nonNull))
                .toArray());
        done.failed(2, first, second);
        assertFalse(done.err().contains("seed 0 (1 of"), done.err());
        assertEquals(before, space.files());
    }

    @Test
    void aReportThatIsAFileEndsBeforeTraining() throws IOException {
        Path file = space.file("report", "mine");
        Graft done = compare("--report", file).failed(2, "--report", "a folder");
        assertFalse(done.err().contains("seed 0"), done.err());
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void anEmptyPartIsNamed() throws IOException {
        space.file("data/train.jsonl", "");
        compare("--report", folder.resolve("report")).failed(2, "train.jsonl", "empty");
    }
}
