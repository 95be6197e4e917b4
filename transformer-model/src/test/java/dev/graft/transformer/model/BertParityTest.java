package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BERT's hidden states and logits are those of transformers. */
class BertParityTest {
    @ParameterizedTest
    @ValueSource(strings = {"gelu", "relu", "gelu-new-shards", "bare", "bf16"})
    void hiddenStatesAreThoseOfTransformers(String name) throws Exception {
        Path folder = Parity.folder(name);
        JsonNode expected = Parity.json(folder.resolve("expected.json"));
        List<TokenRow> rows = Parity.rows(expected);
        try (BaseModel base = BaseModel.open(folder.resolve("base"));
                Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            ForwardPass pass = new ForwardPass(
                    base.transformer(), tape, rows, List.of(new Route(null, 0, rows.size())), Training.NONE);
            Var hidden = pass.hidden();
            var row = expected.get("last_hidden_state").properties().iterator();
            assertEquals(true, row.hasNext());
            while (row.hasNext()) {
                var entry = row.next();
                int from = pass.sequences().start(Integer.parseInt(entry.getKey()));
                float[][] actual = new float[entry.getValue().size()][];
                for (int i = 0; i < actual.length; i++) {
                    actual[i] = tape.value(hidden).rows(from + i, from + i + 1).toArray();
                }
                Parity.assertClose(entry.getValue(), actual, Parity.TOLERANCE, "hidden state");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gelu", "relu", "gelu-new-shards", "bf16"})
    void logitsAreThoseOfTransformers(String name) throws Exception {
        Path folder = Parity.folder(name);
        JsonNode expected = Parity.json(folder.resolve("expected.json"));
        try (BaseModel base = BaseModel.open(folder.resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 2)) {
            float[][] logits = new Classifier(base, workers).logits(Parity.rows(expected), (Adapter) null);
            Parity.assertClose(expected.get("logits"), logits, Parity.TOLERANCE, "logit");
        }
    }
}
