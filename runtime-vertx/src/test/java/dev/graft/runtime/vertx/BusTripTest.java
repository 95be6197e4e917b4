package dev.graft.runtime.vertx;

import static dev.graft.runtime.vertx.Futures.get;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.peft.testkit.TinyBase;
import dev.graft.peft.testkit.TinyData;
import dev.graft.runtime.vertx.message.GenerateAnswer;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.runtime.vertx.message.RowsRequest.Row;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.training.EncodedRows;
import dev.graft.training.data.Example;
import dev.graft.training.data.GenerationExample;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Generated;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.TextGenerator;
import dev.graft.transformer.model.overlay.TokenRow;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The law of the bus: what every installed method gives over it, in batches with all others, is what it gives alone. */
class BusTripTest {
    private static final double SAME = 1e-5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"bert", "gpt2", "bart"})
    void everyMethodClassifiesOverTheBusAsAlone(String family) throws Exception {
        List<String> texts = TinyData.rows(6, 3).stream().map(Example::text).toList();
        try (Served served = new Served(family, folder, ServeOptions.DEFAULT)) {
            List<TokenRow> rows = EncodedRows.of(
                            served.base,
                            null,
                            texts.stream().map(text -> new Example(text, null)).toList(),
                            TinyBase.LONGEST)
                    .rows();
            Map<String, float[][]> alone = new LinkedHashMap<>();
            for (String method : Served.METHODS.ids()) {
                try (Adapter adapter = served.classifier(method, 7)) {
                    alone.put(method, new Classifier(served.base, served.workers).logits(rows, adapter));
                    get(served.client.publish(method, served.files(adapter)));
                }
            }
            Map<String, Future<RowsAnswer>> answers = new LinkedHashMap<>();
            alone.keySet().forEach(method -> answers.put(method, served.client.classify(method, texts)));
            for (String method : alone.keySet()) {
                RowsAnswer answer = get(answers.get(method));
                assertEquals(TinyBase.LABELS, answer.labels());
                assertSame(alone.get(method), answer.values(), method);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "bart", "llama"})
    void everyMethodWritesAndScoresOverTheBusAsAlone(String family) throws Exception {
        List<Row> pairs = List.of(new Row("the river", "is deep"), new Row("a lake is", "near the sea and"));
        try (Served served = new Served(family, folder, ServeOptions.DEFAULT)) {
            Map<String, Generated> alone = new LinkedHashMap<>();
            Map<String, float[][]> scores = new LinkedHashMap<>();
            for (String method : Served.METHODS.ids()) {
                try (Adapter adapter = served.writer(method, 9)) {
                    alone.put(method, write(served, adapter));
                    scores.put(method, score(served, adapter, pairs));
                    get(served.client.publish(method, served.files(adapter)));
                }
            }
            Map<String, Future<GenerateAnswer>> answers = new LinkedHashMap<>();
            Map<String, Future<RowsAnswer>> scored = new LinkedHashMap<>();
            for (String method : alone.keySet()) {
                answers.put(method, served.client.generate(GenerateRequest.greedy(method, "the river is", 8)));
                scored.put(method, served.client.score(method, pairs));
            }
            for (String method : alone.keySet()) {
                GenerateAnswer answer = get(answers.get(method));
                assertEquals(alone.get(method).text(), answer.text(), method);
                assertEquals(alone.get(method).tokens().length, answer.tokens(), method);
                assertSame(scores.get(method), get(scored.get(method)).values(), method);
            }
        }
    }

    private static Generated write(Served served, Adapter adapter) {
        int[] prompt = served.base.promptTokens("the river is");
        return new TextGenerator(served.base, served.workers)
                .generate(
                        List.of(prompt),
                        Collections.singletonList(adapter),
                        Generator.Options.greedy(8),
                        List.of(),
                        (text, piece) -> {})
                .get(0);
    }

    private static float[][] score(Served served, Adapter adapter, List<Row> pairs) {
        List<GenerationExample> examples = pairs.stream()
                .map(row -> new GenerationExample(row.text(), row.pair()))
                .toList();
        List<TokenRow> rows = EncodedRows.prompted(served.base, adapter, examples, TinyBase.LONGEST, false)
                .rows();
        return new LanguageModel(served.base, served.workers)
                .score(rows, adapter).stream()
                        .map(LanguageModel.Scored::logprobs)
                        .toArray(float[][]::new);
    }

    @Test
    void piecesOfAStreamAreTheText() throws Exception {
        try (Served served = new Served("gpt2", folder, ServeOptions.DEFAULT)) {
            GenerateRequest request = GenerateRequest.greedy(null, "the river is", 12);
            StringBuilder pieces = new StringBuilder();
            GenerateAnswer answer = GenerateAnswer.of(get(served.client
                    .generate(request, piece -> {
                        pieces.append(piece);
                        return Future.succeededFuture();
                    })
                    .answer()));
            assertEquals(answer.text(), pieces.toString());
            assertEquals(get(served.client.generate(request)).text(), answer.text());
        }
    }

    @Test
    void vectorsHaveTheLengthOne() throws Exception {
        try (Served served = new Served("bert", folder, ServeOptions.DEFAULT)) {
            List<String> texts = new ArrayList<>(List.of("the river", "a lake is near the sea"));
            RowsAnswer answer = get(served.client.embed(null, texts));
            for (float[] vector : answer.values()) {
                double squares = 0;
                for (float value : vector) {
                    squares += value * value;
                }
                assertEquals(1, squares, SAME);
            }
            assertArrayEquals(
                    answer.values().get(1),
                    get(served.client.embed(null, texts.subList(1, 2))).values().get(0),
                    1e-5f);
        }
    }

    private static void assertSame(float[][] expected, List<float[]> actual, String what) {
        assertEquals(expected.length, actual.size());
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i].length, actual.get(i).length, what + Arrays.toString(expected[i]));
            for (int j = 0; j < expected[i].length; j++) {
                difference = Math.max(difference, Math.abs(expected[i][j] - actual.get(i)[j]));
                largest = Math.max(largest, Math.abs(expected[i][j]));
            }
        }
        assertEquals(0, difference / largest, SAME, what);
    }
}
