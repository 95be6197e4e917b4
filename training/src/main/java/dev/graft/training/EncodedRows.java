package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Example;
import dev.graft.training.data.GenerationData;
import dev.graft.training.data.GenerationRow;
import dev.graft.training.data.Split;
import dev.graft.training.data.TokenData;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.TextTokenizer.Encoded;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.List;

/**
 * Examples as the model reads them.
 *
 * @param rows token ids and types
 * @param truncated number of examples that were longer than allowed
 */
public record EncodedRows(List<TokenRow> rows, int truncated) {
    /** The smallest length that may be asked for: what a tokenizer adds to a text, and a word. */
    public static final int SHORTEST = 3;

    private static final int USUAL_LENGTH = 128;

    /**
     * Encodes examples; those with more than maxLength tokens are cut, and counted.
     *
     * @param adapter that will read them, whose rows in front of a text take positions; or null
     * @throws SettingsException if a text of that length does not fit
     */
    public static EncodedRows of(BaseModel base, Adapter adapter, List<Example> examples, int maxLength) {
        checkLength(base, adapter, maxLength);
        boolean pairs = examples.stream().anyMatch(example -> example.textPair() != null);
        List<Encoded> encoded = base.tokenizer()
                .encode(
                        examples.stream().map(Example::text).toList(),
                        pairs
                                ? Arrays.asList(
                                        examples.stream().map(Example::textPair).toArray(String[]::new))
                                : null,
                        maxLength);
        int truncated = (int) encoded.stream().filter(Encoded::truncated).count();
        return new EncodedRows(
                encoded.stream()
                        .map(row -> new TokenRow(row.ids(), row.typeIds()))
                        .toList(),
                truncated);
    }

    /** A part of a data set; completions get their end token, words their classes. */
    public static EncodedRows of(BaseModel base, Adapter adapter, DataSet data, Split split, int maxLength) {
        if (data instanceof TokenData words) {
            return EncodedWords.of(base, adapter, words.rows(split), words.labels(), maxLength)
                    .rows();
        }
        return data instanceof GenerationData texts
                ? prompted(base, adapter, texts.rows(split), maxLength, true, texts.lossOnEverything())
                : of(base, adapter, ((ClassificationData) data).rows(split), maxLength);
    }

    /** Rows of prompts, completions and conversations, labelled where the model is to write. */
    public static EncodedRows prompted(
            BaseModel base, Adapter adapter, List<? extends GenerationRow> examples, int maxLength, boolean end) {
        return prompted(base, adapter, examples, maxLength, end, false);
    }

    /**
     * Encodes prompts with the tokenizer's special tokens and completions without; the completions' tokens are
     * labelled. Of a conversation the assistant's turns are, as the base's chat template renders them. Rows of more than maxLength tokens (in an encoder-decoder model: prompts or completions) are cut, and
     * counted: completions at their end, and prompts where the completion needs the room, up to half of it.
     *
     * @param adapter that will read them, whose rows in front of a text take positions; or null
     * @param end true to add the base's end token to each completion, as training does
     * @param everything true to label all tokens but the first
     * @throws SettingsException if the base predicts no tokens, or the length is more than it has positions
     */
    public static EncodedRows prompted(
            BaseModel base,
            Adapter adapter,
            List<? extends GenerationRow> examples,
            int maxLength,
            boolean end,
            boolean everything) {
        PromptEncoder encoder = new PromptEncoder(base, maxLength, end, everything);
        checkLength(base, adapter, maxLength);
        List<TokenRow> rows = examples.stream().map(encoder::encode).toList();
        return new EncodedRows(rows, encoder.truncated());
    }

    static void checkLength(BaseModel base, Adapter adapter, int maxLength) {
        int most = mostTokens(base, adapter);
        if (maxLength > most) {
            throw new SettingsException("--max-length is " + maxLength + ", but this base has only "
                    + base.config().maxPositions() + " positions"
                    + (adapter == null || adapter.positions() == 0
                            ? ""
                            : ", of which " + adapter.positions()
                                    + " are taken by the adapter's rows in front of the text")
                    + "; allowed: at most " + most);
        }
    }

    /** Most tokens that a text may have on a base with an adapter, or null for none. */
    public static int mostTokens(BaseModel base, Adapter adapter) {
        return base.config().maxPositions() - (adapter == null ? 0 : adapter.positions());
    }

    /**
     * How long a row may be where nobody says so: 128 tokens, or as many as fit.
     *
     * @param most what {@link #mostTokens} gives; where not even a short text fits, 128 is, which is then refused
     */
    public static int defaultLength(int most) {
        return most < SHORTEST ? USUAL_LENGTH : Math.min(USUAL_LENGTH, most);
    }

    /** Number of tokens of each row. */
    public int[] lengths() {
        return rows.stream().mapToInt(TokenRow::length).toArray();
    }

    /** Number of tokens of all rows. */
    public long tokens() {
        return rows.stream().mapToLong(TokenRow::length).sum();
    }
}
