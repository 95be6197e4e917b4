package dev.graft.training.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of a whole corpus (Papineni et al. 2002, equation 3) with up to four words in a row, tokens and smoothing as
 * sacrebleu's defaults: {@code nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp}.
 */
public final class Bleu {
    private static final int ORDER = 4;

    private final long[] matched = new long[ORDER];
    private final long[] total = new long[ORDER];
    private long length;
    private long referenceLength;

    /** Nothing yet. */
    public Bleu() {}

    /** One more text and what it should be. */
    public void add(String text, String reference) {
        add(text, List.of(reference));
    }

    /**
     * One more text and all that it may be: words in a row count as often as one of these has them, and the nearest of
     * their lengths counts, of two the shorter.
     *
     * @param references at least one
     */
    public void add(String text, List<String> references) {
        List<String> found = tokens(text);
        List<List<String>> wanted = references.stream().map(Bleu::tokens).toList();
        length += found.size();
        referenceLength += wanted.stream()
                .mapToInt(List::size)
                .boxed()
                .min(Comparator.<Integer>comparingInt(size -> Math.abs(size - found.size()))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> new IllegalArgumentException("a text without references"));
        for (int n = 1; n <= ORDER; n++) {
            Map<List<String>, Integer> known = new HashMap<>();
            for (List<String> one : wanted) {
                counts(one, n).forEach((words, count) -> known.merge(words, count, Math::max));
            }
            for (Map.Entry<List<String>, Integer> each : counts(found, n).entrySet()) {
                matched[n - 1] += Math.min(each.getValue(), known.getOrDefault(each.getKey(), 0));
            }
            total[n - 1] += Math.max(0, found.size() - n + 1);
        }
    }

    private static Map<List<String>, Integer> counts(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= tokens.size(); i++) {
            counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }

    /** From 0 to 100. */
    public double score() {
        if (matched[0] == 0) {
            return 0;
        }
        double logs = 0;
        double smooth = 1;
        for (int n = 0; n < ORDER; n++) {
            if (total[n] == 0) {
                return 0;
            }
            if (matched[n] == 0) {
                smooth *= 2;
            }
            logs += Math.log(100 * (matched[n] == 0 ? 1 / (smooth * total[n]) : (double) matched[n] / total[n]));
        }
        double brevity = length < referenceLength ? Math.exp(1 - (double) referenceLength / length) : 1;
        return brevity * Math.exp(logs / ORDER);
    }

    /** Words and marks, as the script mteval-v13a of NIST tells them apart. */
    static List<String> tokens(String text) {
        String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
        line = line.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = (" " + line + " ")
                .replaceAll("([{-~\\[-` -&(-+:-@/])", " $1 ")
                .replaceAll("([^0-9])([.,])", "$1 $2 ")
                .replaceAll("([.,])([^0-9])", " $1 $2")
                .replaceAll("([0-9])(-)", "$1 $2 ");
        List<String> tokens = new ArrayList<>();
        for (String token :
                line.split("[\\s\\x1c-\\x1f\\x85\\u2000-\\u200a\\u00a0\\u1680\\u2028\\u2029\\u202f\\u205f\\u3000]+")) {
            if (!token.isEmpty()) {
                tokens.add(token);
            }
        }
        return tokens;
    }
}
