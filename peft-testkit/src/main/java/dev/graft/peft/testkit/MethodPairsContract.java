package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.overlay.TokenRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Mixed batches over all methods that are installed together: each pair of them, with rows of the bare base, in one
 * forward pass, on a tiny BERT, GPT-2, BART, ALBERT and DeBERTa; and texts of all methods generated at once. A distribution's test class
 * extends this and gives its methods; each has its default settings, and the classifier without a method is one of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class MethodPairsContract {
    private final Map<String, Bench> benches = new TreeMap<>();
    private final Map<String, Map<String, Adapter>> adapters = new TreeMap<>();

    /** For the test class of a distribution. */
    protected MethodPairsContract() {}

    /** All methods that are installed together. */
    protected abstract PeftMethods methods();

    @BeforeAll
    final void open() throws IOException {
        for (String family : List.of("bert", "gpt2", "bart", "albert", "deberta-v2")) {
            Bench bench = new Bench(null, methods(), family);
            benches.put(family, bench);
            Map<String, Adapter> made = new LinkedHashMap<>();
            adapters.put(family, made);
            List<String> ids = new ArrayList<>(methods().ids());
            ids.add(Adapter.HEAD);
            for (String id : ids) {
                made.put(id, bench.livelyOf(methods(), id, made.size()));
            }
        }
    }

    @AfterAll
    final void close() throws IOException {
        adapters.values().forEach(made -> made.values().forEach(Adapter::close));
        for (Bench bench : benches.values()) {
            bench.close();
        }
    }

    /** A container for each family, a test for each pair. */
    @TestFactory
    Stream<DynamicNode> rowsOfTwoMethodsAndOfNoneAreAsAlone() {
        return benches.entrySet().stream()
                .map(family -> dynamicContainer(family.getKey(), pairs(family.getKey(), family.getValue())));
    }

    private Stream<DynamicNode> pairs(String family, Bench bench) {
        Map<String, Adapter> made = adapters.get(family);
        List<String> ids = List.copyOf(made.keySet());
        assertTrue(ids.size() > 2, "only " + ids + " are installed");
        MixedLaws.Rows rows = new MixedLaws.Rows(bench, 6);
        List<DynamicNode> tests = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            for (int j = i + 1; j < ids.size(); j++) {
                String name = ids.get(i) + " and " + ids.get(j);
                List<Adapter> pair = Arrays.asList(made.get(ids.get(i)), null, made.get(ids.get(j)));
                tests.add(dynamicTest(name, () -> rows.assertEachAsAlone(pair, name)));
            }
        }
        return tests.stream();
    }

    /** With keys and values kept from token to token, in a model that predicts tokens. */
    @TestFactory
    Stream<DynamicNode> textsOfAllMethodsAreGeneratedAsAlone() {
        return benches.entrySet().stream()
                .filter(family -> family.getValue().base.config().generates())
                .map(family -> dynamicTest(family.getKey(), () -> generate(family.getKey(), family.getValue())));
    }

    private void generate(String family, Bench bench) {
        List<Adapter> each = new ArrayList<>(adapters.get(family).values());
        each.add(1, null);
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
            prompts.add(Stream.of(bench.rows.get(i % bench.rows.size()))
                    .map(TokenRow::tokens)
                    .toList()
                    .get(0));
        }
        Generator generator = new Generator(bench.base, bench.workers);
        Generator.Options options = Generator.Options.greedy(5);
        List<int[]> texts = generator.generate(prompts, each, options);
        for (int i = 0; i < each.size(); i++) {
            int[] alone = generator
                    .generate(prompts.subList(i, i + 1), each.subList(i, i + 1), options)
                    .get(0);
            String id = each.get(i) == null ? "the base" : each.get(i).method();
            assertArrayEquals(alone, texts.get(i), "text of " + id + " among others and alone");
        }
    }
}
