package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.EncodedRows;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.Example;
import dev.graft.training.data.Examples;
import dev.graft.training.data.Split;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Agreement with another library's adapters of the same method: logits, files, the losses of a short training and the
 * adapter that it leaves. A method's test class gives the method; the fixtures are folders as
 * parity/make_method_fixtures.py writes them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MethodParity {
    private static final double TOLERANCE = 1e-4;
    private static final int MAX_LENGTH = 40;

    @TempDir
    Path folder;

    /** For the test class of a method. */
    protected MethodParity() {}

    /** A new instance of the method. */
    protected abstract PeftMethod method();

    /** The folder of the bases, each with base/ and data.jsonl; a case's expected.json names its base. */
    protected Path bases() {
        return Path.of("..", "transformer-model", "src", "test", "resources", "parity");
    }

    /** A folder with one adapter's folder a case. */
    protected Path adapters() {
        return Path.of("src", "test", "resources", "parity", method().id());
    }

    /** The names of the cases. */
    final List<String> cases() throws IOException {
        try (Stream<Path> all = Files.list(adapters())) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** The names of the cases whose training was recorded. */
    final List<String> trainings() throws IOException {
        return cases().stream()
                .filter(name -> Files.exists(adapters().resolve(name).resolve("training.json")))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    final void logitsAreThoseOfTheReference(String name) throws Exception {
        Map<String, Object> expected = Json.read(adapters().resolve(name).resolve("expected.json"));
        load(name, (base, adapter, data, workers) -> {
            List<TokenRow> rows = EncodedRows.of(base, adapter, data.rows(Split.TRAIN), MAX_LENGTH)
                    .rows();
            assertClose(expected.get("logits"), new Classifier(base, workers).logits(rows, adapter), "logits");
            if (expected.containsKey("merged_logits")) {
                try (BaseModel merged = base.merge(adapter)) {
                    float[][] same = new Classifier(merged, workers).logits(rows, (Adapter) null);
                    assertClose(expected.get("merged_logits"), same, "logits after merging");
                }
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    final void writtenFilesSayWhatTheReferencesSay(String name) throws Exception {
        AdapterRecord read = AdapterFiles.read(adapters().resolve(name));
        load(name, (base, adapter, data, workers) -> {
            Path written = folder.resolve(name);
            AdapterFolder.save(written, base, adapter, GraftNotes.NONE, false);
            AdapterRecord again = AdapterFiles.read(written);
            assertEquals(read.method(), again.method());
            assertSame(read.tensors(), again.tensors());
            again.settings().forEach((key, value) -> {
                if (read.settings().containsKey(key)) {
                    assertEquals(plain(read.settings().get(key)), plain(value), "setting " + key);
                }
            });
        });
    }

    private static void assertSame(Map<String, AdapterTensor> expected, Map<String, AdapterTensor> actual) {
        assertEquals(new TreeSet<>(expected.keySet()), new TreeSet<>(actual.keySet()), "names of tensors");
        expected.forEach((name, tensor) -> {
            assertArrayEquals(tensor.shape(), actual.get(name).shape(), "shape of " + name);
            Same.bits(tensor.values(), actual.get(name).values(), name);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("trainings")
    final void lossesAndAdapterAreThoseOfTheReference(String name) throws Exception {
        Path run = adapters().resolve(name);
        Map<String, Object> expected = Json.read(run.resolve("training.json"));
        List<?> undetermined = (List<?>) expected.get("undetermined");
        Map<String, AdapterTensor> after =
                AdapterFiles.read(run.resolve("after")).tensors();
        load(name, (base, adapter, data, workers) -> {
            MemoryStore store = new MemoryStore();
            try (TrainingRun training = new TrainingRun(base, adapter, data, settings(expected), workers, store)) {
                training.run(TrainingListener.NONE);
            }
            List<?> losses = (List<?>) expected.get("losses");
            for (int i = 0; i < losses.size(); i++) {
                assertClose(number(losses.get(i)), store.losses().get(i)[1], "loss of step " + i);
            }
            AdapterFolder.save(folder.resolve(name), base, adapter, GraftNotes.NONE, false);
            Map<String, AdapterTensor> saved =
                    AdapterFiles.read(folder.resolve(name)).tensors();
            assertEquals(new TreeSet<>(after.keySet()), new TreeSet<>(saved.keySet()), "names of tensors");
            saved.forEach((key, tensor) -> {
                if (!undetermined.contains(key)) {
                    assertClose(after.get(key), tensor, key);
                }
            });
        });
    }

    private interface Use {
        void with(BaseModel base, Adapter adapter, ClassificationData data, Workers workers) throws Exception;
    }

    private void load(String name, Use use) throws Exception {
        PeftMethods methods = new PeftMethods(List.of(method()));
        Path where = bases().resolve((String)
                Json.read(adapters().resolve(name).resolve("expected.json")).get("base"));
        try (BaseModel base = BaseModel.open(where.resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2);
                Adapter adapter = AdapterFolder.load(base, methods, adapters().resolve(name))
                        .adapter()) {
            use.with(base, adapter, data(where.resolve("data.jsonl")), workers);
        }
    }

    private static ClassificationData data(Path file) throws IOException {
        List<Example> rows = Examples.readLabelled(file);
        List<String> labels =
                rows.stream().map(Example::label).distinct().sorted().toList();
        return new ClassificationData(labels, rows, rows, rows);
    }

    private static TrainingSettings settings(Map<String, Object> expected) {
        Map<?, ?> optimizer = (Map<?, ?>) expected.get("optimizer");
        return new TrainingSettings(
                1,
                (int) number(expected.get("steps")),
                (int) number(expected.get("batch_size")),
                3,
                number(optimizer.get("learning_rate")),
                number(optimizer.get("weight_decay")),
                Schedule.CONSTANT,
                0,
                number(expected.get("max_grad_norm")),
                0,
                MAX_LENGTH,
                false,
                0,
                0,
                0);
    }

    /** Lists in any order, as PEFT keeps some in sets; numbers by their value. */
    private static Object plain(Object value) {
        return value instanceof List<?> list
                ? new TreeSet<>(list.stream().map(String::valueOf).toList())
                : value instanceof Number number ? number.doubleValue() : value;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    private static void assertClose(Object expected, float[][] actual, String what) {
        List<?> rows = (List<?>) expected;
        assertEquals(rows.size(), actual.length, what);
        for (int i = 0; i < actual.length; i++) {
            List<?> row = (List<?>) rows.get(i);
            for (int j = 0; j < actual[i].length; j++) {
                assertClose(number(row.get(j)), actual[i][j], what + " of row " + i + ", column " + j);
            }
        }
    }

    private static void assertClose(AdapterTensor expected, AdapterTensor actual, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), "shape of " + what);
        for (int i = 0; i < expected.values().length; i++) {
            assertClose(expected.values()[i], actual.values()[i], what + "[" + i + "]");
        }
    }

    private static void assertClose(double expected, double actual, String what) {
        assertTrue(Math.abs(expected - actual) <= TOLERANCE, what + ": " + actual + " instead of " + expected);
    }
}
