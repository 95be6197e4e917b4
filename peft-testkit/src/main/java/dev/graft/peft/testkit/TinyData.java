package dev.graft.peft.testkit;

import dev.graft.autograd.CounterRandom;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.Example;
import java.util.ArrayList;
import java.util.List;

/** Seeded sentences for the tiny base, some of them pairs; the first word decides the class. */
public final class TinyData {
    private TinyData() {}

    /** Rows of 1 to 12 words. */
    public static List<Example> rows(int count, long seed) {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CounterRandom random = new CounterRandom(seed).with(i);
            String pair = i % 3 == 2 ? sentence(random.with("pair"), 1 + random.below(5, 1)) : null;
            String text = sentence(random, 1 + random.below(12, 0));
            int word = TinyTokenizer.WORDS.indexOf(text.split(" ")[0]);
            rows.add(new Example(text, pair, TinyBase.LABELS.get(word % TinyBase.LABELS.size())));
        }
        return rows;
    }

    private static String sentence(CounterRandom random, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ")
                    .append(TinyTokenizer.WORDS.get(random.with("words").below(TinyTokenizer.WORDS.size(), i)));
        }
        return text.toString();
    }

    /** Rows to train on, a few to choose the best step by, and one to look at in the end. */
    public static ClassificationData classification(int train, int validation, long seed) {
        return new ClassificationData(
                TinyBase.LABELS, rows(train, seed), rows(validation, seed + 1), rows(1, seed + 2));
    }

    /** The same rows, of which one makes the loss overflow. */
    static ClassificationData overflowing(int train, int at, long seed) {
        List<Example> rows = rows(train, seed);
        rows.set(at, new Example(TinyTokenizer.OVERFLOW, rows.get(at).label()));
        return new ClassificationData(TinyBase.LABELS, rows, rows(1, seed + 1), rows(1, seed + 2));
    }
}
