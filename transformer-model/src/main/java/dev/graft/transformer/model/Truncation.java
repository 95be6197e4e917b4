package dev.graft.transformer.model;

import ai.djl.huggingface.tokenizers.Encoding;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Cuts tokens off where a text is too long, as Hugging Face's tokenizers do. */
final class Truncation {
    private Truncation() {}

    static TextTokenizer.Encoded longestFirst(Encoding encoding, int maxLength) {
        long[] ids = encoding.getIds();
        if (ids.length <= maxLength) {
            return new TextTokenizer.Encoded(ints(ids), ints(encoding.getTypeIds()), false);
        }
        long[] special = encoding.getSpecialTokenMask();
        long[] sequence = encoding.getSequenceIds();
        int[] kept = new int[2];
        int[] sizes = new int[2];
        for (int i = 0; i < ids.length; i++) {
            if (special[i] == 0) {
                sizes[sequence[i] == 1 ? 1 : 0]++;
            }
        }
        int room = maxLength - (ids.length - sizes[0] - sizes[1]);
        if (room < 0) {
            throw new IllegalArgumentException("a maximum length of " + maxLength + " leaves no room for the "
                    + (maxLength - room) + " special tokens");
        }
        int[] most = share(sizes[0], sizes[1], room);
        int[] places = IntStream.range(0, ids.length)
                .filter(i -> special[i] != 0 || kept[sequence[i] == 1 ? 1 : 0]++ < most[sequence[i] == 1 ? 1 : 0])
                .toArray();
        long[] types = encoding.getTypeIds();
        return new TextTokenizer.Encoded(
                Arrays.stream(places).map(i -> (int) ids[i]).toArray(),
                Arrays.stream(places).map(i -> (int) types[i]).toArray(),
                true);
    }

    /** For each token that {@link #longestFirst} keeps of one text, the word that it begins, or -1. */
    static int[] words(Encoding encoding, int maxLength) {
        long[] words = encoding.getWordIds();
        long[] special = encoding.getSpecialTokenMask();
        int[] first = new int[words.length];
        for (int i = 0; i < first.length; i++) {
            boolean begins = special[i] == 0 && (i == 0 || special[i - 1] != 0 || words[i - 1] != words[i]);
            first[i] = begins ? (int) words[i] : -1;
        }
        int room = maxLength - (int) Arrays.stream(special).filter(s -> s != 0).count();
        int[] kept = {0};
        return first.length <= maxLength
                ? first
                : IntStream.range(0, first.length)
                        .filter(i -> special[i] != 0 || kept[0]++ < room)
                        .map(i -> first[i])
                        .toArray();
    }

    /** How many tokens of each text fit, by the rule of the tokenizers library. */
    static int[] share(int first, int second, int room) {
        int shorter = Math.min(first, second);
        int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
        if (shorter + longer > room) {
            shorter = room / 2;
            longer = room - shorter;
        }
        return first <= second ? new int[] {shorter, longer} : new int[] {longer, shorter};
    }

    static int[] ints(long[] values) {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }
}
