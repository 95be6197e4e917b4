package dev.graft.prefix.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.Example;
import dev.graft.training.data.Examples;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files, logits, losses and trained adapters are those of peft, from parity/make_prompt_fixtures.py. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromptParityTest {
    private static final double TOLERANCE = 1e-4;
    private static final Path FIXTURES = Path.of("src", "test", "resources", "parity");
    private static final Path BERT =
            Path.of("..", "transformer-model", "src", "test", "resources", "parity", "bert", "gelu");

    private final PeftMethods methods = new PeftMethods(
            List.of(new PrefixMethod(), new PromptMethod(), new PTuningMethod(), new PTuningV2Method()));
    private BaseModel base;
    private Workers workers;

    @BeforeAll
    void open() throws IOException {
        base = BaseModel.open(BERT.resolve("base"));
        workers = new Workers(MathMode.FP32, 2);
    }

    @AfterAll
    void close() {
        workers.close();
        base.close();
    }

    static Stream<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(FIXTURES)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void logitsAreThoseOfPeft(String name) throws IOException {
        Path folder = FIXTURES.resolve(name);
        try (Adapter adapter = AdapterFolder.load(base, methods, folder).adapter()) {
            assertLogits(json(folder.resolve("expected.json")), adapter);
        }
    }

    /** PEFT's tensors and keys come back as they were; what we add to the keys, PEFT knows. */
    @ParameterizedTest
    @MethodSource("names")
    void whatWeWriteIsWhatPeftWrote(String name, @TempDir Path temporary) throws IOException {
        Path ours = temporary.resolve("ours");
        try (Adapter adapter =
                AdapterFolder.load(base, methods, FIXTURES.resolve(name)).adapter()) {
            AdapterFolder.save(ours, base, adapter, GraftNotes.NONE, false);
        }
        AdapterRecord expected = AdapterFiles.read(FIXTURES.resolve(name));
        AdapterRecord actual = AdapterFiles.read(ours);
        assertEquals(expected.method(), actual.method());
        assertEquals(expected.tensors().keySet(), actual.tensors().keySet());
        JsonNode keys = json(FIXTURES.resolve(name).resolve("adapter_config.json"));
        json(ours.resolve("adapter_config.json")).properties().forEach(key -> {
            assertTrue(keys.has(key.getKey()), "PEFT does not know " + key);
            if (!List.of("base_model_name_or_path", "modules_to_save").contains(key.getKey())) {
                assertEquals(keys.get(key.getKey()), key.getValue(), key.getKey());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("names")
    void lossesAndAdapterAreThoseOfPeft(String name) throws IOException {
        Path folder = FIXTURES.resolve(name);
        JsonNode expected = json(folder.resolve("training.json"));
        AdapterRecord record = AdapterFiles.read(folder);
        String method = methods.idOfType(record.method().toUpperCase().replace('-', '_'))
                .orElseThrow();
        try (Adapter adapter = Adapter.create(base, methods, method, record.settings(), labels(), 1)) {
            start(adapter, folder);
            MemoryStore store = new MemoryStore();
            try (TrainingRun run = new TrainingRun(base, adapter, data(), settings(expected), workers, store)) {
                run.run(TrainingListener.NONE);
            }
            for (int i = 0; i < expected.get("losses").size(); i++) {
                assertClose(
                        expected.get("losses").get(i).asDouble(), store.losses().get(i)[1], "loss of step " + i);
            }
            AdapterRecord after = AdapterFiles.read(folder.resolve("after"));
            assertEquals(after.tensors().size(), adapter.tensors().stored().size());
            for (AdapterParameter parameter : adapter.tensors().stored()) {
                float[] want = after.tensors().get(parameter.name()).values();
                float[] got = adapter.value(parameter);
                for (int i = 0; i < want.length; i++) {
                    assertClose(want[i], got[i], parameter.name() + "[" + i + "]");
                }
            }
            assertLogits(expected, adapter);
        }
    }

    /** A new adapter starts where PEFT's starts. */
    @Test
    void aTextGivesTheRowsThatPeftTakes() throws IOException {
        Path folder = FIXTURES.resolve("prompt-text");
        AdapterRecord record = AdapterFiles.read(folder);
        try (Adapter adapter = Adapter.create(base, methods, "prompt", record.settings(), labels(), 1);
                SafetensorsFile start = SafetensorsFile.open(folder.resolve("start.safetensors"))) {
            AdapterParameter rows = adapter.tensors().trained().get(0);
            float[] want = start.floats(rows.name());
            float[] got = rows.tensor().toArray();
            for (int i = 0; i < want.length; i++) {
                assertEquals(want[i], got[i], rows.name() + "[" + i + "]");
            }
        }
    }

    private static void start(Adapter adapter, Path folder) throws IOException {
        try (SafetensorsFile start = SafetensorsFile.open(folder.resolve("start.safetensors"))) {
            List<AdapterParameter> trained = adapter.tensors().trained();
            assertEquals(start.names().size(), trained.size(), start.names() + " and " + trained);
            for (AdapterParameter parameter : trained) {
                Tiles.write(start.floats(parameter.name()), parameter.tensor());
            }
        }
    }

    private void assertLogits(JsonNode expected, Adapter adapter) throws IOException {
        List<TokenRow> rows = new ArrayList<>();
        for (JsonNode row : json(BERT.resolve("expected.json")).get("tokens")) {
            rows.add(new TokenRow(ints(row.get("input_ids")), ints(row.get("token_type_ids"))));
        }
        float[][] logits = new Classifier(base, workers).logits(rows, adapter);
        for (int i = 0; i < logits.length; i++) {
            for (int j = 0; j < logits[i].length; j++) {
                assertClose(
                        expected.get("logits").get(i).get(j).asDouble(),
                        logits[i][j],
                        "logit of row " + i + ", column " + j);
            }
        }
    }

    private static void assertClose(double expected, double actual, String what) {
        assertTrue(Math.abs(expected - actual) <= TOLERANCE, what + ": " + actual + " instead of " + expected);
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    private static List<String> labels() throws IOException {
        List<String> labels = new ArrayList<>();
        json(BERT.resolve("labels.json")).forEach(label -> labels.add(label.asText()));
        return labels;
    }

    private static ClassificationData data() throws IOException {
        List<Example> rows = Examples.readLabelled(BERT.resolve("data.jsonl"));
        return new ClassificationData(labels(), rows, rows, rows);
    }

    private static TrainingSettings settings(JsonNode expected) {
        return new TrainingSettings(
                1,
                expected.get("steps").asInt(),
                expected.get("batch_size").asInt(),
                2,
                expected.get("optimizer").get("learning_rate").asDouble(),
                expected.get("optimizer").get("weight_decay").asDouble(),
                Schedule.CONSTANT,
                0,
                0,
                0,
                31,
                false,
                0,
                0,
                0);
    }
}
