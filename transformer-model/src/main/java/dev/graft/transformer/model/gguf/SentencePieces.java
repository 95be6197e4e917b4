package dev.graft.transformer.model.gguf;

import static dev.graft.transformer.model.gguf.GgufTokenizer.ordered;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A SentencePiece vocabulary as byte pairs: pieces are merged in the order of their scores. */
final class SentencePieces {
    private static final String BLANK = "\u2581";

    private SentencePieces() {}

    private record Merge(String left, String right, double score, int order) {}

    /** Every way to make a piece of two others, the best pieces first. */
    static List<String> merges(List<String> tokens, double[] scores) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            List<Merge> own = new ArrayList<>();
            String token = tokens.get(id);
            for (int i = token.offsetByCodePoints(0, token.isEmpty() ? 0 : 1); i < token.length(); ) {
                String left = token.substring(0, i);
                String right = token.substring(i);
                if (ids.containsKey(left) && ids.containsKey(right)) {
                    own.add(new Merge(left, right, scores[id], id));
                }
                i = token.offsetByCodePoints(i, 1);
            }
            own.sort(Comparator.<Merge>comparingInt(merge -> ids.get(merge.left()))
                    .thenComparingInt(merge -> ids.get(merge.right())));
            merges.addAll(own);
        }
        merges.sort(Comparator.comparingDouble(Merge::score)
                .thenComparingInt(merge -> merge.left().length())
                .thenComparingInt(merge -> merge.right().length())
                .reversed());
        return merges.stream().map(merge -> merge.left() + " " + merge.right()).toList();
    }

    static Map<String, Object> normalizer(boolean prefix) {
        Map<String, Object> blanks = replace(" ", BLANK);
        return prefix
                ? ordered(
                        "type",
                        "Sequence",
                        "normalizers",
                        List.of(ordered("type", "Prepend", "prepend", BLANK), blanks))
                : blanks;
    }

    static Map<String, Object> decoder(boolean prefix) {
        List<Object> steps =
                new ArrayList<>(List.of(replace(BLANK, " "), ordered("type", "ByteFallback"), ordered("type", "Fuse")));
        if (prefix) {
            steps.add(ordered("type", "Strip", "content", " ", "start", 1, "stop", 0));
        }
        return ordered("type", "Sequence", "decoders", steps);
    }

    private static Map<String, Object> replace(String what, String by) {
        return ordered("type", "Replace", "pattern", ordered("String", what), "content", by);
    }
}
