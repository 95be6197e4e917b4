package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of experiments that are wrong: each ends before anything is trained or written, and says what is allowed. */
class ExperimentFileTest {
    private static final String GOOD = """
            {"name": "tiny", "bases": ["BASE"], "data": ["DATA"], "methods": ["head"], "budget": {"steps": 2},
             "training": {"max_length": 20}}
            """;

    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        space.data();
    }

    private String good() {
        return GOOD.replace("BASE", Workspace.BASE.toString())
                .replace("DATA", space.data().toString());
    }

    private void refused(String text, String... parts) throws IOException {
        Path file = space.file("experiment.json", text);
        List<String> before = space.files();
        Graft.run("compare", file, "--report", folder.resolve("report")).failed(2, (Object[]) parts);
        assertEquals(before, space.files());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\": \"tiny\" | \"nam\": \"tiny\" | 'nam' | allowed: bases, budget, claim",
                "\"name\": \"tiny\" | \"name\": \"a/b\" | name is a/b | letters",
                "\"name\": \"tiny\", | | name is missing | a text",
                "[\"head\"] | [] | methods is [] | at least one",
                "[\"head\"] | [\"head\", \"head\"] | second 'head' | \"name\"",
                "[\"head\"] | [\"nope\"] | 'nope' | lora",
                "[\"head\"] | [{\"method\": \"lora\", \"sets\": {}}] | 'sets' | grid, learning_rates, method, name, set",
                "[\"head\"] | [{\"method\": \"lora\", \"set\": {\"rank\": 4}}] | rank | r",
                "[\"head\"] | [{\"method\": \"lora\", \"set\": {\"r\": 0}}] | with lora | at least 1",
                "[\"head\"] | [{\"method\": \"lora\", \"grid\": {\"r\": 4}}] | grid.r is 4 | a list of values",
                "[\"head\"] | [{\"method\": \"lora\", \"grid\": []}] | grid is [] | a list of objects",
                "[\"head\"] | [{\"method\": \"lora\", \"grid\": [{\"r\": 1}, {\"lora_alpha\": 1}]}] | grid | same keys",
                "[\"head\"] | [{\"method\": \"lora\", \"set\": {\"r\": 1}, \"grid\": {\"r\": [1]}}] | both | 'r'",
                "[\"head\"] | [{\"method\": \"lora\", \"learning_rates\": [0.1]}] | 1 rates | trials",
                "[\"head\"] | [{\"method\": \"lora\", \"learning_rates\": [1, -1, 2]}] | learning_rates | above 0",
                "{\"steps\": 2} | {\"steps\": 0} | budget.steps is 0 | from 1",
                "{\"steps\": 2} | {\"steps\": 2, \"tokens\": 5} | 2 keys | exactly one",
                "{\"steps\": 2} | {\"step\": 2} | 'step' | seconds, steps",
                "{\"steps\": 2} | 7 | budget is 7 | an object",
                "{\"max_length\": 20} | {\"epochs\": 2} | training.epochs is 2 | budget",
                "{\"max_length\": 20} | {\"max_len\": 2} | max_len | max_length",
                "{\"max_length\": 20} | {\"max_length\": 400} | 400 | at most 40",
                "{\"max_length\": 20} | {}, \"seeds\": 0 | seeds is 0 | from 1",
                "{\"max_length\": 20} | {}, \"seeds\": [1, 1] | seeds is [1, 1] | different",
                "{\"max_length\": 20} | {}, \"learning_rate\": {\"trials\": 0} | trials is 0 | 1 to 99",
                "{\"max_length\": 20} | {}, \"learning_rate\": {\"for_each\": \"x\"} | for_each is x | variant, method",
                "{\"max_length\": 20} | {}, \"rows\": {\"train\": 100} | 100 rows | at most",
                "{\"max_length\": 20} | {}, \"rows\": {\"dev\": 1} | 'dev' | test, train, validation",
                "{\"max_length\": 20} | {}, \"reference\": \"lora\" | reference is lora | head",
                "{\"max_length\": 20} | {}, \"reach\": -1 | reach is -1 | above",
                "{\"max_length\": 20} | {}, \"write\": {\"max_new_tokens\": 0} | max_new_tokens is 0 | from 1",
                "{\"max_length\": 20} | {}, \"quick\": {\"name\": \"x\"} | 'name' | budget",
                "{\"max_length\": 20} | {}, \"quick\": {\"seeds\": 0} | seeds is 0 | from 1",
                "\"bases\": [ | \"bases\": [\"nowhere\", | nowhere | does not exist",
                "\"data\": [ | \"data\": [\"nowhere\", | nowhere | folder",
                "\"data\": [ | \"data\": [{\"data\": \"wordnet-quick\", \"loss_on\": \"x\"}, | loss_on is x | everything",
            })
    void whatIsWrongIsNamed(String good, String bad, String first, String second) throws IOException {
        String text = good().replace(good, bad == null ? "" : bad);
        refused(text, first, second);
    }

    @Test
    void whatIsNoJsonIsRefusedWithItsPlace() throws IOException {
        refused("{\"name\": }", "experiment.json", "line 1");
    }

    @Test
    void optionsThatTheFileReplacesAreRefused() throws IOException {
        Path file = space.file("experiment.json", good());
        Graft.run("compare", file, "--epochs", 2, "--report", folder.resolve("report"))
                .failed(2, "--epochs", "allowed with a file");
        Graft.run("compare", file, "--methods", "lora", "--report", folder.resolve("report"))
                .failed(2, "--methods has 'lora'", "head");
        Graft.run("compare", folder.resolve("none.json")).failed(2, "none.json", "does not exist");
        assertFalse(Files.exists(folder.resolve("report")));
    }
}
