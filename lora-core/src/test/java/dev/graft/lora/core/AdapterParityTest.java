package dev.graft.lora.core;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Workers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that peft made give the logits that peft gives. */
class AdapterParityTest {
    @ParameterizedTest
    @CsvSource({
        "gelu, default",
        "gelu, patterns",
        "gelu, rslora",
        "gelu, patterns-rslora",
        "gelu, all-linear",
        "gelu, suffix",
        "gelu, suffix-long",
        "gelu, exclude",
        "gelu, exclude-regex",
        "gelu, layers",
        "gelu, layers-pattern",
        "gelu, bias-lora-only",
        "gelu, bias-all",
        "gelu, regex",
        "gelu, gaussian",
        "relu, default",
        "relu, all-linear",
        "gelu-new-shards, default",
        "bare, default",
        "bare, all-linear"
    })
    void logitsAreThoseOfPeft(String model, String name) throws Exception {
        Path folder = ParityFixtures.folder(model);
        Path adapterFolder = folder.resolve("adapters/" + name);
        JsonNode expected = ParityFixtures.json(adapterFolder.resolve("expected.json"));
        PeftMethods methods = new PeftMethods(List.of(new LoraMethod()));
        try (BaseModel base = BaseModel.open(folder.resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 1);
                Adapter adapter =
                        AdapterFolder.load(base, methods, adapterFolder).adapter()) {
            float[][] logits = new Classifier(base, workers)
                    .logits(ParityFixtures.rows(ParityFixtures.json(folder.resolve("expected.json"))), adapter);
            ParityFixtures.assertClose(expected.get("logits"), logits, "logit");
        }
    }
}
