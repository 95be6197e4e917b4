package dev.graft.training;

import dev.graft.autograd.CrossEntropy;
import dev.graft.training.data.TokenExample;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.TextTokenizer.Words;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts of words as the model reads them. A word's class is that of its first token; its other tokens have none.
 *
 * @param rows tokens, and where labels are known the class of each
 * @param first for each token of a row the word that it begins, or -1
 */
record EncodedWords(EncodedRows rows, List<int[]> first) {
    /**
     * Encodes texts.
     *
     * @param labels all classes, or none where the texts' are not looked at
     */
    static EncodedWords of(
            BaseModel base, Adapter adapter, List<TokenExample> texts, List<String> labels, int maxLength) {
        EncodedRows.checkLength(base, adapter, maxLength);
        List<TokenRow> rows = new ArrayList<>();
        List<int[]> first = new ArrayList<>();
        int truncated = 0;
        for (TokenExample text : texts) {
            Words words = base.tokenizer().encodeWords(text.words(), maxLength);
            int[] begins = words.first();
            int[] classes = labels.isEmpty()
                    ? null
                    : Arrays.stream(begins)
                            .map(word -> word < 0
                                    ? CrossEntropy.IGNORED
                                    : labels.indexOf(text.labels().get(word)))
                            .toArray();
            rows.add(new TokenRow(words.encoded().ids(), words.encoded().typeIds(), null, classes));
            first.add(begins);
            truncated += words.encoded().truncated() ? 1 : 0;
        }
        return new EncodedWords(new EncodedRows(rows, truncated), first);
    }

    /** The token that begins a word of a row, or -1 if it was cut off. */
    int tokenOf(int row, int word) {
        int[] begins = first.get(row);
        for (int i = 0; i < begins.length; i++) {
            if (begins[i] == word) {
                return i;
            }
        }
        return -1;
    }
}
