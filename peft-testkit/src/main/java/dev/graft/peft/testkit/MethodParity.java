package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.GenerationExample;
import dev.graft.training.data.Split;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Agreement with another library's adapters of the same method: logits or probabilities of texts, files, the losses of a
 * short training and the adapter that it leaves. A method's test class gives the method; the fixtures are folders as
 * the scripts in parity/ write them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MethodParity {
    private final Pools pools = new Pools();

    @TempDir
    Path folder;

    /** For the test class of a method. */
    protected MethodParity() {}

    @AfterAll
    final void closePools() {
        pools.close();
    }

    /** A new instance of the method. */
    protected abstract PeftMethod method();

    /**
     * The folder of the bases, each with base/ and data.jsonl. A case's expected.json names its base; adapters may also
     * stand beside theirs, in adapters/, and those of this method's {@code peft_type} are cases too.
     */
    protected Path bases() {
        return Path.of("..", "transformer-model", "src", "test", "resources", "parity");
    }

    /** A folder with the adapters somewhere below it. */
    protected Path adapters() {
        return Path.of("src", "test", "resources", "parity", method().id());
    }

    /** The cases: the folders that hold an adapter and what is expected of it. */
    final List<String> cases() throws IOException {
        return below(path -> AdapterFiles.isAdapter(path) && Files.exists(path.resolve("expected.json")));
    }

    /** The runs that were recorded: with a case, or below one from which they start. */
    final List<String> trainings() throws IOException {
        return below(path ->
                ParityCase.isRun(path) && (AdapterFiles.isAdapter(path) || AdapterFiles.isAdapter(path.getParent())));
    }

    private List<String> below(Predicate<Path> wanted) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path root : List.of(adapters(), bases())) {
            if (Files.isDirectory(root)) {
                try (Stream<Path> all = Files.walk(root)) {
                    all.filter(Files::isDirectory)
                            .filter(wanted)
                            .filter(path -> root.equals(adapters()) || isOfThisMethod(path))
                            .map(Path::toString)
                            .sorted()
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    private boolean isOfThisMethod(Path folder) {
        try {
            Path adapter = AdapterFiles.isAdapter(folder) ? folder : folder.getParent();
            Object type = Json.read(adapter.resolve("adapter_config.json")).get("peft_type");
            return method().peftType().equals(type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder of its own for what a test writes about a case. */
    private Path own(String kind, Path known) {
        return folder.resolve(kind + known.toString().replace('/', '-'));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    final void scoresAreThoseOfTheReference(String name) throws Exception {
        load(name, (known, base, adapter, workers) -> {
            List<TokenRow> rows = known.rows(base, adapter);
            ParityCase.assertClose(known.expectedScores(), known.scores(rows, base, adapter, workers), "score");
            if (known.expected().containsKey("merged_logits")) {
                try (BaseModel merged = base.merge(adapter)) {
                    float[][] same = known.scores(rows, merged, null, workers);
                    ParityCase.assertClose(known.expected().get("merged_logits"), same, "score after merging");
                }
            }
            if (known.expected().get("greedy") instanceof List<?> texts) {
                assertGreedy(texts, known, base, adapter, workers);
            }
        });
    }

    private static void assertGreedy(
            List<?> expected, ParityCase known, BaseModel base, Adapter adapter, Workers workers) throws IOException {
        List<int[]> prompts = ((GenerationData) known.data())
                .rows(Split.TRAIN).stream()
                        .map(row -> base.tokenizer()
                                .encode(((GenerationExample) row).prompt(), null, ParityCase.maxLength(base, adapter))
                                .ids())
                        .toList();
        List<int[]> texts = new Generator(base, workers)
                .generate(prompts, Collections.nCopies(prompts.size(), adapter), Generator.Options.greedy(10));
        for (int i = 0; i < texts.size(); i++) {
            List<Integer> tokens = Arrays.stream(texts.get(i)).boxed().toList();
            assertEquals(expected.get(i), tokens, "greedy text of row " + i);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    final void writtenFilesSayWhatTheReferencesSay(String name) throws Exception {
        AdapterRecord read = AdapterFiles.read(Path.of(name));
        Path written = own("written", Path.of(name));
        load(name, (known, base, adapter, workers) -> {
            AdapterFolder.save(written, base, adapter, GraftNotes.NONE, false);
            AdapterRecord again = AdapterFiles.read(written);
            assertEquals(read.method(), again.method());
            Map<String, AdapterTensor> own = new HashMap<>(read.tensors());
            own.keySet()
                    .removeIf(tensor -> tensor.endsWith(".base_layer.weight")); // PEFT's copies of the base's tables
            assertSame(own, again.tensors());
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
        Path run = Path.of(name);
        Map<String, Object> expected = Json.read(run.resolve("training.json"));
        String start = AdapterFiles.isAdapter(run) ? name : run.getParent().toString();
        load(start, (known, base, adapter, workers) -> {
            Path values = run.resolve("start.safetensors");
            if (!Files.exists(values)) {
                train(known, run, expected, base, adapter, workers);
                return;
            }
            PeftMethods methods = new PeftMethods(List.of(method()));
            try (Adapter fresh =
                    Adapter.create(base, methods, adapter.method(), adapter.settings(), adapter.labels(), 1)) {
                write(values, fresh);
                train(known, run, expected, base, fresh, workers);
            }
        });
    }

    /** Values of everything that is trained, also of what no adapter file holds. */
    private static void write(Path values, Adapter adapter) throws IOException {
        try (SafetensorsFile start = SafetensorsFile.open(values)) {
            List<AdapterParameter> trained = adapter.tensors().trained();
            assertEquals(
                    new TreeSet<>(start.names()),
                    new TreeSet<>(trained.stream().map(AdapterParameter::name).toList()));
            for (AdapterParameter parameter : trained) {
                Tiles.write(start.floats(parameter.name()), parameter.tensor());
            }
        }
    }

    private void train(
            ParityCase known, Path run, Map<String, Object> expected, BaseModel base, Adapter adapter, Workers workers)
            throws Exception {
        MemoryStore store = new MemoryStore();
        var settings = ParityCase.settings(expected, ParityCase.maxLength(base, adapter));
        try (TrainingRun training = new TrainingRun(base, adapter, known.data(), settings, workers, store)) {
            training.run(TrainingListener.NONE);
        }
        List<?> losses = (List<?>) expected.get("losses");
        for (int i = 0; i < losses.size(); i++) {
            ParityCase.assertClose(
                    ParityCase.number(losses.get(i)), store.losses().get(i)[1], "loss of step " + i);
        }
        Path trained = own("trained", run);
        AdapterFolder.save(trained, base, adapter, GraftNotes.NONE, false);
        Map<String, AdapterTensor> saved = AdapterFiles.read(trained).tensors();
        Map<String, AdapterTensor> after =
                AdapterFiles.read(run.resolve("after")).tensors();
        assertEquals(new TreeSet<>(after.keySet()), new TreeSet<>(saved.keySet()), "names of tensors");
        List<?> undetermined = (List<?>) expected.getOrDefault("undetermined", List.of());
        saved.forEach((key, tensor) -> {
            if (!undetermined.contains(key)) {
                ParityCase.assertClose(after.get(key), tensor, key);
            }
        });
    }

    private interface Use {
        void with(ParityCase known, BaseModel base, Adapter adapter, Workers workers) throws Exception;
    }

    private void load(String name, Use use) throws Exception {
        ParityCase known = ParityCase.read(bases(), Path.of(name));
        try (BaseModel base = BaseModel.open(known.base().resolve("base"));
                Adapter adapter = AdapterFolder.load(base, new PeftMethods(List.of(method())), known.folder())
                        .adapter()) {
            use.with(known, base, adapter, pools.of(2));
        }
    }

    /** Lists in any order, as PEFT keeps some in sets; numbers by their value. */
    private static Object plain(Object value) {
        return value instanceof List<?> list
                ? new TreeSet<>(list.stream().map(String::valueOf).toList())
                : value instanceof Number number ? number.doubleValue() : value;
    }
}
