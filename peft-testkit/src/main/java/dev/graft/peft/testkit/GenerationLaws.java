package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.graft.peft.spi.Settings;
import dev.graft.training.EncodedRows;
import dev.graft.training.data.GenerationExample;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.LanguageModel.Scored;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters in models that predict tokens: in one pass over whole texts, and token by token with a cache. */
interface GenerationLaws {
    /** New tokens of a text. */
    int STEPS = 6;

    Bench bench();

    /** False where a gradient takes something as constant that is not. */
    boolean isExactGradient(String settings, String tensor);

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aNewAdapterChangesNoProbability(Case one) {
        boolean startsAsBase = bench().method
                .configure(
                        new Settings(bench().method.id(), one.settings()),
                        bench().base.shape())
                .startsAsBase();
        try (Adapter adapter = bench().fresh(one.settings(), 1)) {
            float[][] bare = scores(Collections.nCopies(prompted().size(), null));
            float[][] with = scores(Collections.nCopies(prompted().size(), adapter));
            if (startsAsBase) {
                Same.bits(bare, with, "probabilities with a new adapter");
            } else {
                assertTrue(Same.distance(bare, with) > 0, "the method does not say that it starts as the base");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void inAMixedBatchEachTextHasTheProbabilitiesThatItHasAlone(Case one) {
        try (Adapter a = bench().lively(one.settings(), 1);
                Adapter b = bench().lively(one.settings(), 2)) {
            List<Adapter> adapters = mixed(a, b, prompted().size());
            float[][] alone = new float[adapters.size()][];
            for (int i = 0; i < alone.length; i++) {
                alone[i] = scores(prompted().subList(i, i + 1), adapters.subList(i, i + 1))[0];
            }
            Same.rounded(alone, scores(adapters), "probabilities in a mixed batch and alone");
        }
    }

    /** Law 8, with unequal prompts and several adapters in a batch: nothing that stands beside a text changes it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void cachedDecodingEqualsTheFullPass(Case one) {
        try (Adapter a = bench().lively(one.settings(), 1);
                Adapter b = bench().lively(one.settings(), 2)) {
            List<int[]> prompts =
                    prompted().stream().map(TokenRow::tokens).limit(8).toList();
            List<Adapter> adapters = mixed(a, b, prompts.size());
            List<List<float[]>> cached = new ArrayList<>();
            prompts.forEach(prompt -> cached.add(new ArrayList<>()));
            Generator generator = new Generator(bench().base, bench().workers);
            Generator.Options options = Generator.Options.endless(STEPS);
            List<int[]> texts = generator.generate(
                    prompts,
                    adapters,
                    options,
                    (text, token, logits) -> cached.get(text).add(logits.clone()));
            LanguageModel model = new LanguageModel(bench().base, bench().workers);
            for (int step = 0; step < STEPS; step++) {
                List<TokenRow> whole = new ArrayList<>();
                List<float[]> stepped = new ArrayList<>();
                for (int i = 0; i < prompts.size(); i++) {
                    whole.add(beginning(prompts.get(i), Arrays.copyOf(texts.get(i), step)));
                    stepped.add(cached.get(i).get(step));
                }
                Same.rounded(
                        model.next(whole, adapters),
                        stepped.toArray(float[][]::new),
                        "logits of step " + step + ", of the full pass and with a cache");
            }
            for (int i = 0; i < prompts.size(); i++) {
                int[] alone = generator
                        .generate(prompts.subList(i, i + 1), adapters.subList(i, i + 1), options)
                        .get(0);
                assertArrayEquals(alone, texts.get(i), "text " + i + " alone and among others");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void gradientsOfTokensEqualNumericOnes(Case one) {
        try (Adapter adapter = bench().livelyWithoutHead(one.settings(), 1);
                Gradients loss = new Gradients(bench().base, adapter, prompted().subList(0, 4))) {
            int clear = bench().compute(compute -> new NumericGradient(compute, loss)
                    .check(adapter, parameter -> isExactGradient(one.name(), parameter.name())));
            long tensors = adapter.tensors().trained().stream()
                    .filter(parameter -> isExactGradient(one.name(), parameter.name()))
                    .count();
            assertTrue(
                    2L * clear > tensors,
                    "only " + clear + " of " + tensors + " tensors have a gradient above the noise of fp32");
        }
    }

    private TokenRow beginning(int[] prompt, int[] text) {
        if (bench().base.config().encoderDecoder()) {
            int[] decoder = new int[text.length + 1];
            decoder[0] = bench().base.config().startToken();
            System.arraycopy(text, 0, decoder, 1, text.length);
            return new TokenRow(prompt, new int[prompt.length], decoder, null);
        }
        int[] all = Arrays.copyOf(prompt, prompt.length + text.length);
        System.arraycopy(text, 0, all, prompt.length, text.length);
        return new TokenRow(all, new int[all.length]);
    }

    private static List<Adapter> mixed(Adapter a, Adapter b, int count) {
        List<Adapter> adapters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            adapters.add(Arrays.asList(a, null, b, a).get(i % 4));
        }
        return adapters;
    }

    private List<TokenRow> prompted() {
        List<GenerationExample> examples = TinyData.rows(24, 1).stream()
                .filter(row -> row.textPair() != null)
                .map(row -> new GenerationExample(row.text(), row.textPair()))
                .toList();
        return EncodedRows.prompted(bench().base, null, examples, TinyBase.LONGEST, true)
                .rows();
    }

    private float[][] scores(List<Adapter> adapters) {
        return scores(prompted(), adapters);
    }

    private float[][] scores(List<TokenRow> rows, List<Adapter> adapters) {
        return new LanguageModel(bench().base, bench().workers)
                .score(rows, adapters).stream().map(Scored::logprobs).toArray(float[][]::new);
    }
}
