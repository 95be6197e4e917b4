package dev.graft.training.metric;

import java.util.List;
import java.util.Locale;

/**
 * ROUGE-L (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", section 3.1): how long a sequence of words
 * a text and its reference have in common, as Google's rouge_score counts it without stemming. A mean over texts.
 */
public final class RougeL {
    private int texts;
    private double sum;

    /** Nothing yet. */
    public RougeL() {}

    /** One more text and what it should be. */
    public void add(String text, String reference) {
        add(text, List.of(reference));
    }

    /** One more text and all that it may be. */
    public void add(String text, List<String> references) {
        texts++;
        sum += score(text, references);
    }

    /** The mean, from 0 to 1; 0 without texts. */
    public double mean() {
        return texts == 0 ? 0 : sum / texts;
    }

    /** The best score beside one of several texts. */
    public static double score(String text, List<String> references) {
        return references.stream()
                .mapToDouble(reference -> score(text, reference))
                .max()
                .orElseThrow(() -> new IllegalArgumentException("a text without references"));
    }

    /** The harmonic mean of precision and recall of the longest common subsequence of words, from 0 to 1. */
    public static double score(String text, String reference) {
        List<String> found = words(text);
        List<String> wanted = words(reference);
        int common = longestCommon(found, wanted);
        if (common == 0) {
            return 0;
        }
        double precision = (double) common / found.size();
        double recall = (double) common / wanted.size();
        return 2 * precision * recall / (precision + recall);
    }

    /** Letters a to z and digits; everything else stands between words. */
    private static List<String> words(String text) {
        String plain =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", " ").strip();
        return plain.isEmpty() ? List.of() : List.of(plain.split(" "));
    }

    private static int longestCommon(List<String> a, List<String> b) {
        int[] row = new int[b.size() + 1];
        for (String word : a) {
            int before = 0;
            for (int j = 1; j <= b.size(); j++) {
                int above = row[j];
                row[j] = word.equals(b.get(j - 1)) ? before + 1 : Math.max(above, row[j - 1]);
                before = above;
            }
        }
        return row[b.size()];
    }
}
