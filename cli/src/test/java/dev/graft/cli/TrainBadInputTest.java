package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input ends with code 2 and a message that says what to do, and nothing is written. */
class TrainBadInputTest {
    @TempDir
    Path folder;

    private Workspace space;

    @BeforeEach
    void prepare() {
        space = new Workspace(folder);
        space.data();
    }

    /** Trains, is refused, and leaves the folder as it was. */
    private void refused(List<Object> command, Object... parts) throws IOException {
        List<String> before = space.files();
        List<Object> words = new ArrayList<>(List.of("train"));
        words.addAll(command);
        words.addAll(List.of("--output", folder.resolve("run")));
        Graft.run(words.toArray()).failed(2, parts);
        assertEquals(before, space.files());
    }

    private List<Object> with(Object... more) {
        List<Object> words = new ArrayList<>(List.of("--base", Workspace.BASE, "--data", space.data()));
        words.addAll(List.of("--max-length", 40, "--max-steps", 1));
        words.addAll(Arrays.asList(more));
        return words;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--method nope | 'nope' is unknown | and the baselines head and full",
                "--method base | 'base' is unknown | lora",
                "--method lora --set r=0 | setting 'r' is 0 | at least 1",
                "--method lora --set rank=4 | setting 'rank' | known settings: r, lora_alpha",
                "--method lora --set target_modules=q_proj | q_proj | attention.self.query",
                "--method lora --set r | --set is 'r' | KEY=VALUE",
                "--method lora --set r=1 --set r=2 | --set r is given twice | once",
                "--method lora --set lora_dropout=1 | 'lora_dropout' is 1 | from 0.0",
                "--method lora --learning-rate 0 | --learning-rate is 0 | above 0",
                "--method lora --learning-rate -1 | --learning-rate is -1 | above 0",
                "--method lora --set @x=1 | setting '@x' | known settings",
                "--method lora --batch-size 0 | --batch-size is 0 | 1 or more",
                "--method lora --epochs 1 | --epochs 1 and --max-steps 1 | one of them",
                "--method lora --schedule step | --schedule | LINEAR",
                "--method lora --math fp64 | --math is fp64 | fp32, bf16",
                "--method lora --threads 0 | --threads is 0 | 1 or more",
                "--method lora --plugins nowhere | --plugins is nowhere | folder of jars",
                "--method lora --seed x | --seed | 'x'",
                "--init-adapter nowhere | nowhere | adapter is a folder",
            })
    void aWrongOptionIsNamedWithWhatIsAllowed(String options, String first, String second) throws Exception {
        refused(with((Object[]) options.split(" ")), first, second);
    }

    @Test
    void withoutAMethodTheMethodsAreListed() throws Exception {
        refused(with(), "--method is missing", ", head, full", "--init-adapter");
    }

    @Test
    void tooLongForTheBase() throws Exception {
        refused(
                List.of("--base", Workspace.BASE, "--data", space.data(), "--method", "lora", "--max-length", "128"),
                "--max-length is 128",
                "40 positions");
    }

    @Test
    void noBaseThere() throws Exception {
        refused(List.of("--base", folder.resolve("no"), "--data", space.data(), "--method", "lora"), "does not exist");
        refused(List.of("--base", space.data(), "--data", space.data(), "--method", "lora"), "config.json");
    }

    @Test
    void aTruncatedCheckpoint() throws Exception {
        Path base = space.copy(Workspace.BASE, "base");
        byte[] bytes = Files.readAllBytes(base.resolve("model.safetensors"));
        Files.write(base.resolve("model.safetensors"), Arrays.copyOf(bytes, bytes.length - 1000));
        refused(List.of("--base", base, "--data", space.data(), "--method", "lora"), "model.safetensors", "truncated");
    }

    @Test
    void anOffsetPastTheEnd() throws Exception {
        Path base = space.copy(Workspace.BASE, "base");
        Path weights = base.resolve("model.safetensors");
        String text = new String(Files.readAllBytes(weights), StandardCharsets.ISO_8859_1);
        String damaged = text.replaceFirst("\"data_offsets\":\\[(\\d+),(\\d)", "\"data_offsets\":[$1,9");
        assertEquals(text.length(), damaged.length());
        Files.write(weights, damaged.getBytes(StandardCharsets.ISO_8859_1));
        refused(List.of("--base", base, "--data", space.data(), "--method", "lora"), "model.safetensors", "offset");
    }

    @Test
    void aConfigurationThatDoesNotFitTheWeights() throws Exception {
        Path base = space.copy(Workspace.BASE, "base");
        Path config = base.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"hidden_size\": 32", "\"hidden_size\": 64"));
        refused(List.of("--base", base, "--data", space.data(), "--method", "lora"), "[99, 32]", "[99, 64]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "train.jsonl | '' | train.jsonl is empty",
                "train.jsonl | {\"text\": \"a\", \"label\": \"lake\"}~not json | train.jsonl, line 2: not JSON",
                "train.jsonl | {\"text\": \"a\", \"label\": \"pond\"} | line 1: label 'pond' is unknown",
                "test.jsonl | {\"text\": \"a\", \"label\": \"pond\"} | lake, river, sea",
                "validation.jsonl | {\"text\": \"a\"} | line 1: key 'label' is missing",
                "train.jsonl | {\"text\": \"a\", \"lable\": \"sea\"} | unknown key 'lable'; allowed keys: label, text",
                "train.jsonl | {\"text\": 3, \"label\": \"sea\"} | line 1: key 'text' is 3",
                "labels.json | [\"sea\"] | label 'lake' is unknown",
            })
    void wrongDataAreNamedWithTheirLine(String file, String content, String message) throws Exception {
        space.file("data/" + file, content.replace("''", "").strip().replace("~", "\n"));
        refused(with("--method", "lora"), message, file);
    }

    @Test
    void aLabelNotSeenInTraining() throws Exception {
        Files.delete(folder.resolve("data/labels.json"));
        space.file("data/test.jsonl", "{\"text\": \"a\", \"label\": \"pond\"}\n");
        refused(with("--method", "lora"), "test.jsonl, line 1", "'pond'", "labels of train.jsonl: lake, river, sea");
    }

    @Test
    void aFolderWithoutAPart() throws Exception {
        Files.delete(folder.resolve("data/validation.jsonl"));
        refused(with("--method", "lora"), "has no validation.jsonl", "set some rows aside");
    }

    @Test
    void anOutputFolderInUseIsLeftAlone() throws Exception {
        space.file("run/mine.txt", "mine");
        refused(with("--method", "lora"), "run", "not empty", "choose another");
        assertEquals("mine", Files.readString(folder.resolve("run/mine.txt")));
    }

    @Test
    void anOutputThatIsAFile() throws Exception {
        space.file("run", "mine");
        refused(with("--method", "lora"), "run", "no folder");
    }

    @Test
    void anAdapterForAnotherBase() throws Exception {
        space.train("--method", "lora", "--max-steps", 1, "--output", folder.resolve("first"))
                .done();
        Path other = Graft.fixture("relu/base");
        refused(
                List.of("--base", other, "--data", space.data(), "--init-adapter", folder.resolve("first")),
                "trained on another base",
                "fingerprint");
    }
}
