package dev.graft.training.probe;

import dev.graft.autograd.CounterRandom;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A small base of one family, on which methods are tried. It predicts tokens if the family does, else it classifies.
 *
 * @param base with random weights
 * @param methods that can be tried
 * @param workers compute
 */
record Stage(BaseModel base, PeftMethods methods, Workers workers) {
    /** What counts as equal: max|a - b| / max|b|. */
    private static final double ROUNDING = 1e-5;

    private static final List<String> LABELS = List.of("0", "1", "2");
    private static final int NEW_TOKENS = 4;

    private boolean generates() {
        return base.config().generates();
    }

    /** An adapter as training might leave it, with default settings. */
    Adapter adapter(String method, long seed) {
        List<String> labels = generates() ? List.of() : LABELS;
        return Lively.moved(Adapter.create(base, methods, method, Map.of(), labels, seed), seed);
    }

    /** Rows of unlike lengths. */
    List<int[]> prompts(int count) {
        CounterRandom random = new CounterRandom(count).with("prompts");
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = new int[3 + i % 5];
            for (int j = 0; j < tokens.length; j++) {
                tokens[j] =
                        3 + (int) (random.uniform(100L * i + j) * (base.config().vocabularySize() - 3));
            }
            prompts.add(tokens);
        }
        return prompts;
    }

    private TokenRow row(int[] prompt, int[] text) {
        if (!base.config().encoderDecoder()) {
            int[] all = Arrays.copyOf(prompt, prompt.length + text.length);
            System.arraycopy(text, 0, all, prompt.length, text.length);
            return new TokenRow(all, new int[all.length]);
        }
        int[] decoder = new int[text.length + 1];
        decoder[0] = base.config().startToken();
        System.arraycopy(text, 0, decoder, 1, text.length);
        return new TokenRow(prompt, new int[prompt.length], decoder, null);
    }

    /** Logits of the next token or of the classes, of each prompt with its own adapter. */
    float[][] logits(List<int[]> prompts, List<Adapter> adapters) {
        return logits(base, prompts, adapters);
    }

    private float[][] logits(BaseModel model, List<int[]> prompts, List<Adapter> adapters) {
        List<TokenRow> rows =
                prompts.stream().map(prompt -> row(prompt, new int[0])).toList();
        return generates()
                ? new LanguageModel(model, workers).next(rows, adapters)
                : new Classifier(model, workers).logits(rows, adapters);
    }

    /**
     * True if a model with the adapter merged into it gives what the adapter gives.
     *
     * @throws dev.graft.transformer.model.MergeRefusedException if it is refused
     */
    boolean mergesWell(Adapter adapter) {
        List<int[]> prompts = prompts(4);
        try (BaseModel merged = base.merge(adapter)) {
            float[][] expected = logits(prompts, Collections.nCopies(4, adapter));
            return same(logits(merged, prompts, Arrays.asList(null, null, null, null)), expected);
        }
    }

    /** For each row of a batch with these adapters, and a row without where the base needs none: is it what it is alone? */
    boolean[] mixed(List<Adapter> adapters) {
        List<Adapter> all = new ArrayList<>(adapters);
        if (generates()) {
            all.add(null);
        }
        List<int[]> prompts = prompts(all.size());
        float[][] together = logits(prompts, all);
        boolean[] same = new boolean[adapters.size()];
        for (int i = 0; i < same.length; i++) {
            float[][] alone = logits(prompts.subList(i, i + 1), all.subList(i, i + 1));
            same[i] = same(new float[][] {together[i]}, alone);
        }
        return same;
    }

    /** True if decoding with kept keys and values gives the logits of the pass over the whole text. */
    boolean decodesWell(Adapter adapter) {
        List<int[]> prompts = prompts(3);
        List<Adapter> adapters = Arrays.asList(adapter, null, adapter);
        List<List<float[]>> cached = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<int[]> texts = new Generator(base, workers)
                .generate(
                        prompts,
                        adapters,
                        Generator.Options.endless(NEW_TOKENS),
                        (text, token, logits) -> cached.get(text).add(logits.clone()));
        for (int step = 0; step < NEW_TOKENS; step++) {
            List<TokenRow> rows = new ArrayList<>();
            float[][] stepped = new float[3][];
            for (int i = 0; i < 3; i++) {
                rows.add(row(prompts.get(i), Arrays.copyOf(texts.get(i), step)));
                stepped[i] = cached.get(i).get(step);
            }
            if (!same(stepped, new LanguageModel(base, workers).next(rows, adapters))) {
                return false;
            }
        }
        return true;
    }

    /** True if an adapter computes something finite. */
    boolean computes(Adapter adapter) {
        for (float value : logits(prompts(1), Arrays.asList(adapter))[0]) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(float[][] actual, float[][] expected) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                difference = Math.max(difference, Math.abs((double) actual[i][j] - expected[i][j]));
                largest = Math.max(largest, Math.abs(expected[i][j]));
            }
        }
        return difference <= ROUNDING * largest;
    }
}
