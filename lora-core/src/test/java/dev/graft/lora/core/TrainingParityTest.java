package dev.graft.lora.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
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
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ten AdamW steps give the losses and the adapter that transformers and peft give. */
class TrainingParityTest {
    @ParameterizedTest
    @CsvSource({
        "gelu, default, 2",
        "gelu, default, 8",
        "gelu, patterns-rslora, 3",
        "gelu, bias-all, 2",
        "gelu, default/clipped, 2",
        "bare, default, 2"
    })
    void lossesAndAdapterAreThoseOfPeft(String model, String name, int microBatch) throws Exception {
        Path folder = ParityFixtures.folder(model);
        Path run = folder.resolve("adapters").resolve(name);
        JsonNode expected = ParityFixtures.json(run.resolve("training.json"));
        PeftMethods methods = new PeftMethods(List.of(new LoraMethod()));
        Path start = folder.resolve("adapters").resolve(name.replaceAll("/.*", ""));
        try (BaseModel base = BaseModel.open(folder.resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2);
                Adapter adapter = AdapterFolder.load(base, methods, start).adapter()) {
            MemoryStore store = new MemoryStore();
            ClassificationData data = data(folder);
            try (TrainingRun training =
                    new TrainingRun(base, adapter, data, settings(expected, microBatch), workers, store)) {
                training.run(TrainingListener.NONE);
            }
            for (int i = 0; i < expected.get("losses").size(); i++) {
                ParityFixtures.assertClose(
                        expected.get("losses").get(i).asDouble(), store.losses().get(i)[1], "loss of step " + i);
            }
            assertAdapter(run.resolve("after/adapter_model.safetensors"), expected, adapter);
        }
    }

    private static ClassificationData data(Path folder) throws Exception {
        List<Example> rows = Examples.readLabelled(folder.resolve("data.jsonl"));
        List<String> labels = new java.util.ArrayList<>();
        ParityFixtures.json(folder.resolve("labels.json")).forEach(label -> labels.add(label.asText()));
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
                expected.get("max_grad_norm").asDouble(),
                0,
                40,
                false,
                0,
                0,
                0);
    }

    private static void assertAdapter(Path after, JsonNode expected, Adapter adapter) throws Exception {
        Set<String> undetermined = new HashSet<>();
        expected.get("undetermined").forEach(key -> undetermined.add(key.asText()));
        try (SafetensorsFile file = SafetensorsFile.open(after)) {
            for (AdapterParameter parameter : adapter.tensors().trained()) {
                assertTrue(file.names().contains(parameter.name()), parameter.name());
                if (!undetermined.contains(parameter.name())) {
                    float[] want = file.floats(parameter.name());
                    float[] got = parameter.tensor().toArray();
                    for (int i = 0; i < want.length; i++) {
                        ParityFixtures.assertClose(want[i], got[i], parameter.name() + "[" + i + "]");
                    }
                }
            }
        }
    }
}
