package dev.graft.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.data.GenerationExample;
import dev.graft.training.data.GenerationRow;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LanguageModel.Scored;
import dev.graft.transformer.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where rotary frequencies depend on a text's length, its last token counts as well, though it predicts nothing. */
class RotaryLengthTest {
    private static final Path PARITY = Path.of("../transformer-model/src/test/resources/parity");
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"llama/lm", "llama/dynamic", "llama/longrope"})
    void completionsAreAsProbableAsTransformersSaysOfTheWholeText(String name) throws Exception {
        Path folder = PARITY.resolve(name);
        List<GenerationRow> rows = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("data.jsonl"))) {
            Map<String, Object> json = Json.parse(folder, line);
            rows.add(new GenerationExample((String) json.get("prompt"), (String) json.get("completion")));
        }
        List<?> expected = (List<?>) Json.parse(folder, Files.readString(folder.resolve("expected.json")))
                .get("token_logprobs");
        List<Scored> found = new ArrayList<>();
        try (BaseModel base = BaseModel.open(folder.resolve("base"));
                Workers workers = new Workers(MathMode.FP32, 1)) {
            new Completions(base, null, base.config().maxPositions(), false, workers)
                    .score(rows, found::add, (done, tokens) -> {});
        }
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < found.size(); i++) {
            double[] wanted = ((List<?>) expected.get(i))
                    .stream().mapToDouble(each -> ((Number) each).doubleValue()).toArray();
            double[] own = new double[found.get(i).logprobs().length];
            for (int t = 0; t < own.length; t++) {
                own[t] = found.get(i).logprobs()[t];
            }
            assertArrayEquals(wanted, own, TOLERANCE, "row " + i);
        }
    }
}
