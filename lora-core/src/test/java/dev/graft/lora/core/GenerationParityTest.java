package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.training.EncodedRows;
import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.training.TrainingSettings;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Example;
import dev.graft.training.data.Examples;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.GenerationExample;
import dev.graft.training.data.GenerationExamples;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.LanguageModel.Scored;
import dev.graft.transformer.model.MergeRefusedException;
import dev.graft.transformer.model.MergedModel;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRA on GPT-2 and BART as peft has it: probabilities, greedy texts, loss curves and trained adapters. */
class GenerationParityTest {
    private static final int LENGTH = 48;
    private static final PeftMethods METHODS = new PeftMethods(List.of(new LoraMethod()));

    @TempDir
    Path folder;

    private static Path folder(String model) {
        return ParityFixtures.folder("..").resolve(model);
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2/lm, default",
        "gpt2/lm, all-linear",
        "gpt2/lm, rslora",
        "gpt2/options, default",
        "bart/lm, default",
        "bart/lm, all-linear",
        "bart/lm, cross",
        "bart/scaled, default"
    })
    void probabilitiesAndGreedyTextsAreThoseOfPeft(String model, String name) throws Exception {
        Path adapterFolder = folder(model).resolve("adapters").resolve(name);
        JsonNode expected = ParityFixtures.json(adapterFolder.resolve("expected.json"));
        try (BaseModel base = BaseModel.open(folder(model).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2);
                Adapter adapter =
                        AdapterFolder.load(base, METHODS, adapterFolder).adapter()) {
            List<GenerationExample> rows = GenerationExamples.read(folder(model).resolve("data.jsonl"));
            EncodedRows encoded = EncodedRows.prompted(base, adapter, rows, LENGTH, false);
            List<Scored> scored = new LanguageModel(base, workers).score(encoded.rows(), adapter);
            ParityFixtures.assertClose(
                    expected.get("token_logprobs"),
                    scored.stream().map(Scored::logprobs).toArray(float[][]::new),
                    "log-probability");
            List<int[]> prompts = rows.stream()
                    .map(row ->
                            base.tokenizer().encode(row.prompt(), null, LENGTH).ids())
                    .toList();
            List<int[]> texts = new Generator(base, workers)
                    .generate(prompts, Collections.nCopies(prompts.size(), adapter), Generator.Options.greedy(10));
            for (int i = 0; i < texts.size(); i++) {
                assertEquals(
                        expected.get("greedy").get(i).toString(),
                        java.util.Arrays.toString(texts.get(i)).replace(" ", ""),
                        "greedy text of row " + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt2/classify, default", "bart/classify, default"})
    void classesAreThoseOfPeft(String model, String name) throws Exception {
        Path adapterFolder = folder(model).resolve("adapters").resolve(name);
        JsonNode expected = ParityFixtures.json(adapterFolder.resolve("expected.json"));
        try (BaseModel base = BaseModel.open(folder(model).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2);
                Adapter adapter =
                        AdapterFolder.load(base, METHODS, adapterFolder).adapter()) {
            List<Example> rows = Examples.readLabelled(folder(model).resolve("data.jsonl"));
            EncodedRows encoded = EncodedRows.of(base, adapter, rows, LENGTH);
            float[][] logits = new Classifier(base, workers).logits(encoded.rows(), adapter);
            ParityFixtures.assertClose(expected.get("logits"), logits, "logit");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt2/lm, default, 2",
        "gpt2/lm, default, 8",
        "gpt2/lm, rslora, 3",
        "gpt2/classify, default, 2",
        "bart/lm, default, 2",
        "bart/lm, cross, 8",
        "bart/classify, default, 3"
    })
    void lossesAndAdapterAreThoseOfPeft(String model, String name, int microBatch) throws Exception {
        Path start = folder(model).resolve("adapters").resolve(name);
        JsonNode expected = ParityFixtures.json(start.resolve("training.json"));
        try (BaseModel base = BaseModel.open(folder(model).resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2);
                Adapter adapter = AdapterFolder.load(base, METHODS, start).adapter()) {
            MemoryStore store = new MemoryStore();
            try (TrainingRun run = new TrainingRun(
                    base, adapter, data(folder(model)), settings(expected, microBatch), workers, store)) {
                run.run(TrainingListener.NONE);
            }
            for (int i = 0; i < expected.get("losses").size(); i++) {
                ParityFixtures.assertClose(
                        expected.get("losses").get(i).asDouble(), store.losses().get(i)[1], "loss of step " + i);
            }
            assertAdapter(start.resolve("after/adapter_model.safetensors"), adapter);
        }
    }

    /** Merging would change the table of words as well. */
    @ParameterizedTest
    @CsvSource({"gpt2/lm", "bart/lm"})
    void anAdapterOfATiedHeadIsNotMerged(String model) throws Exception {
        try (BaseModel base = BaseModel.open(folder(model).resolve("base"));
                Adapter adapter = Adapter.create(
                        base, METHODS, "lora", Map.of("target_modules", List.of("lm_head")), List.of(), 1)) {
            var error = assertThrows(
                    MergeRefusedException.class, () -> MergedModel.write(base, adapter, folder.resolve("merged")));
            assertTrue(error.getMessage().contains("lm_head"), error.getMessage());
        }
    }

    private static DataSet data(Path folder) throws Exception {
        Path file = folder.resolve("data.jsonl");
        if (!Files.exists(folder.resolve("labels.json"))) {
            List<GenerationExample> rows = GenerationExamples.read(file);
            return new GenerationData(rows, rows, rows);
        }
        List<String> labels = new ArrayList<>();
        ParityFixtures.json(folder.resolve("labels.json")).forEach(label -> labels.add(label.asText()));
        List<Example> rows = Examples.readLabelled(file);
        return new ClassificationData(labels, rows, rows, rows);
    }

    private static TrainingSettings settings(JsonNode expected, int microBatch) {
        JsonNode optimizer = expected.get("optimizer");
        return new TrainingSettings(
                1,
                expected.get("steps").asInt(),
                expected.get("batch_size").asInt(),
                microBatch,
                optimizer.get("learning_rate").asDouble(),
                optimizer.get("weight_decay").asDouble(),
                Schedule.CONSTANT,
                0,
                0,
                0,
                LENGTH,
                false,
                0,
                0,
                0);
    }

    private static void assertAdapter(Path after, Adapter adapter) throws Exception {
        try (SafetensorsFile file = SafetensorsFile.open(after)) {
            for (AdapterParameter parameter : adapter.tensors().trained()) {
                assertTrue(file.names().contains(parameter.name()), parameter.name());
                float[] want = file.floats(parameter.name());
                float[] got = parameter.tensor().toArray();
                for (int i = 0; i < want.length; i++) {
                    ParityFixtures.assertClose(want[i], got[i], parameter.name() + "[" + i + "]");
                }
            }
        }
    }
}
