package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Studies of an experiment, on the tiny BERT: hidden 32, three layers. Numbers are counted by hand. */
class StudyTest {
    private static final String ONLY = """
            {"name": "studied", "bases": ["%s"], "studies": [%s]}
            """;

    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        space.data();
    }

    private Graft compare(String text, String report, Object... more) throws IOException {
        Path file = space.file("experiment.json", text);
        List<Object> words = new ArrayList<>(List.of("compare", file, "--report", folder.resolve(report)));
        words.addAll(List.of(more));
        return Graft.run(words.toArray());
    }

    private Graft only(String study, String report, Object... more) throws IOException {
        return compare(ONLY.formatted(Workspace.BASE, study), report, more);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Graft done) throws Exception {
        return (List<Map<String, Object>>) done.done().json().get("studies");
    }

    private static double number(Map<String, Object> row, String part, String key) {
        return ((Number) ((Map<?, ?>) row.get(part)).get(key)).doubleValue();
    }

    /** What two runs give is the same, a report is written, and every format prints the numbers. */
    private void repeated(String study, Graft first, String shown) throws Exception {
        Graft second = only(study, "again", "--json", "--threads", 2);
        assertEquals(first.json().get("digest"), second.done().json().get("digest"));
        assertTrue(Files.readString(folder.resolve("again/report.html")).contains(shown));
        assertFalse(Files.readString(folder.resolve("again/report.html")).contains("NaN"));
        assertEquals(
                rows(second).size(),
                Files.readAllLines(folder.resolve("again/studies.jsonl")).size());
        for (String format : List.of("text", "markdown", "latex")) {
            assertTrue(only(study, "again", "--format", format).done().out().contains(shown), format);
        }
        String csv = only(study, "again", "--format", "csv").done().out();
        assertTrue(csv.startsWith("study,base,what,figure,value"), csv);
    }

    @Test
    void twoWaysToWriteLoraAreCountedAndGiveTheSameGradients() throws Exception {
        String study = "{\"study\": \"two-products\", \"rows\": 10, \"ranks\": [2], \"repeats\": 1}";
        Graft done = only(study, "report", "--json");
        Map<String, Object> first = rows(done).get(0);
        assertEquals(Map.of("rows", 10, "in", 32, "out", 32, "rank", 2), first.get("what"));
        // n d k three times, r d k three times; n d k twice, n r (d + k) three times
        assertEquals(3 * 10240 + 3 * 2048, number(first, "figures", "multiply_adds_weight_made"));
        assertEquals(2 * 10240 + 3 * 1280, number(first, "figures", "multiply_adds_weight_not_made"));
        assertEquals(4 * 1024, number(first, "figures", "weight_gradient_bytes"));
        for (Map<String, Object> row : rows(done)) {
            assertTrue(number(row, "figures", "gradient_difference") < 1e-5, row.toString());
            assertTrue(number(row, "measured", "bytes_weight_made") > number(row, "measured", "bytes_weight_not_made"));
        }
        repeated(study, done, "W not made");
    }

    @Test
    void costsAreCountedAsTheyAreDone() throws Exception {
        String study = """
                {"study": "cost", "batch": 2, "length": 8, "steps": 1,
                 "methods": ["full", {"method": "lora", "set": {"r": 2}, "name": "thin"}, "head"],
                 "estimates": [{"shape": "gpt2", "method": "lora", "set": {"r": 4}}]}""";
        Graft done = only(study, "report", "--json");
        List<Map<String, Object>> rows = rows(done);
        double[] step = rows.stream()
                .limit(3)
                .mapToDouble(row -> number(row, "figures", "multiply_adds_step"))
                .toArray();
        double[] forward = rows.stream()
                .limit(3)
                .mapToDouble(row -> number(row, "figures", "multiply_adds_forward"))
                .toArray();
        assertTrue(step[0] > step[1] && step[1] > step[2], "a frozen weight has no gradient: " + rows);
        assertTrue(step[0] > 2.9 * forward[0] && step[0] < 3.05 * forward[0], "dX and dW are as much as Y each");
        assertTrue(step[2] < 1.1 * forward[2], "below the head nothing goes back");
        assertTrue(forward[1] > forward[0], "an adapter adds products");
        assertEquals(
                4 * number(rows.get(1), "figures", "trainable_parameters"),
                number(rows.get(1), "figures", "gradient_bytes"));
        assertEquals(124_439_808, number(rows.get(3), "figures", "base_parameters"));
        repeated(study, done, "thin");
    }

    /** Both at zero never move; with one of them random the start is the base; with both it is not. */
    @Test
    void startsOfLora() throws Exception {
        String study = "{\"study\": \"starts\", \"method\": \"lora\", \"r\": 2, \"steps\": 2, \"length\": 8}";
        Graft done = only(study, "report", "--json");
        double[][] found = rows(done).stream()
                .map(row -> new double[] {
                    number(row, "figures", "start_difference"),
                    number(row, "figures", "change_of_a"),
                    number(row, "figures", "change_of_b")
                })
                .toArray(double[][]::new);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, found[i][0], "start " + i);
        }
        assertTrue(found[3][0] > 0, "both random");
        assertEquals(0, found[2][1] + found[2][2], "both zero");
        for (int i : new int[] {0, 1, 3}) {
            assertTrue(found[i][1] > 0 && found[i][2] > 0, "start " + i + " learns");
        }
        repeated(study, done, "both zero");
    }

    /** 4 x 3 layers x 100 tokens x 32 numbers of 2 bytes; two devices send each once. */
    @Test
    void bytesUnderTensorParallelism() throws Exception {
        String study = """
                {"study": "tensor-parallel", "shapes": ["gpt3-175b"], "devices": [2, 4], "tokens": 100, "r": 4}""";
        Graft done = only(study, "report", "--json");
        Map<String, Object> first = rows(done).get(0);
        assertEquals(2 * 4 * 3 * 100 * 32, number(first, "figures", "base_bytes"));
        assertEquals(number(first, "figures", "base_bytes"), number(first, "figures", "houlsby_bytes"));
        assertEquals(number(first, "figures", "base_bytes") / 2, number(first, "figures", "pfeiffer_bytes"));
        assertEquals(2 * 2 * 3 * 4 * 32, number(first, "figures", "lora_bytes"));
        assertEquals(
                1.5 * number(first, "figures", "base_bytes"), number(rows(done).get(1), "figures", "base_bytes"));
        repeated(study, done, "gpt3-175b");
    }

    @Test
    void updatesOfTrainedAdaptersHaveTheirRank() throws Exception {
        Graft done = compare("""
                {"name": "spectrum", "bases": ["%s"], "data": ["%s"], "seeds": 2, "budget": {"steps": 3},
                 "methods": [{"method": "lora", "grid": {"r": [1, 2]}}, "full"], "learning_rate": {"trials": 1},
                 "training": {"batch_size": 4, "max_length": 20},
                 "studies": [{"study": "spectrum", "ranks": [1, 2, 32], "overlaps": [1, 2, 32], "amplified": 1}]}
                """.formatted(Workspace.BASE, space.data()), "report", "--json");
        List<Map<String, Object>> rows = rows(done);
        Map<String, Object> thin = rows.get(0);
        assertEquals(1, number(thin, "figures", "share_of_first_1"), 1e-6, "rank 1 has one singular value");
        assertEquals(1, number(thin, "figures", "rank_for_90_percent"));
        assertTrue(number(rows.get(2), "figures", "share_of_first_1") < 1 - 1e-6);
        assertEquals(1, number(rows.get(2), "figures", "share_of_first_2"), 1e-6);
        assertEquals(1, number(rows.get(4), "figures", "share_of_first_32"), 1e-9, "all of a full update");
        for (Map<String, Object> row : rows) {
            if (((Map<?, ?>) row.get("figures")).containsKey("overlap_32_32")) {
                assertEquals(1, number(row, "figures", "overlap_32_32"), 1e-6, "all directions hold each other");
                assertEquals(1, number(row, "figures", "overlap_1_32"), 1e-6);
                assertTrue(number(row, "figures", "overlap_1_1") <= 1 + 1e-9);
            }
        }
        String page = Files.readString(folder.resolve("report/report.html"));
        assertTrue(page.contains("Overlap of the leading subspaces of lora r=1, seed 0 and lora r=2, seed 0"), "pairs");
        assertFalse(page.contains("NaN"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"nope\" | studies[0].study is nope | cost, spectrum, starts, tensor-parallel, two-products",
                "{\"rows\": 1} | studies[0].study is null | cost",
                "{\"study\": \"two-products\", \"row\": 1} | 'row' | ranks, repeats, rows, study",
                "{\"study\": \"two-products\", \"ranks\": [0]} | ranks is [0] | from 1",
                "{\"study\": \"cost\"} | methods is missing | a list",
                "{\"study\": \"cost\", \"methods\": [\"nope\"], \"length\": 8} | method nope | lora",
                "{\"study\": \"cost\", \"methods\": [\"head\"], \"estimates\": [{\"shape\": \"x\"}]} | shape is x | gpt2",
                "{\"study\": \"tensor-parallel\", \"shapes\": [\"x\"]} | shapes has x | gpt3-175b",
                "{\"study\": \"tensor-parallel\", \"bytes\": 9} | bytes is 9 | 1 to 8",
                "\"starts\" | method is missing | a text",
                "\"spectrum\" | methods is missing | a list",
            })
    void whatIsWrongIsNamed(String study, String first, String second) throws IOException {
        only(study, "report").failed(2, first, second);
    }
}
