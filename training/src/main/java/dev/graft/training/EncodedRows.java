package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.Example;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.TextTokenizer.Encoded;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/**
 * Examples as the model reads them.
 *
 * @param rows token ids and types
 * @param truncated number of examples that were longer than allowed
 */
public record EncodedRows(List<TokenRow> rows, int truncated) {
    /**
     * Encodes examples; those with more than maxLength tokens are cut, and counted.
     *
     * @param adapter that will read them, whose rows in front of a text take positions; or null
     * @throws SettingsException if a text of that length does not fit
     */
    public static EncodedRows of(BaseModel base, Adapter adapter, List<Example> examples, int maxLength) {
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
        boolean pairs = examples.stream().anyMatch(example -> example.textPair() != null);
        List<Encoded> encoded = base.tokenizer()
                .encode(
                        examples.stream().map(Example::text).toList(),
                        pairs
                                ? java.util.Arrays.asList(
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

    /** Most tokens that a text may have on a base with an adapter, or null for none. */
    public static int mostTokens(BaseModel base, Adapter adapter) {
        return base.config().maxPositions() - (adapter == null ? 0 : adapter.positions());
    }

    /** Number of tokens of each row. */
    public int[] lengths() {
        return rows.stream().mapToInt(row -> row.tokens().length).toArray();
    }

    /** Number of tokens of all rows. */
    public long tokens() {
        return rows.stream().mapToLong(row -> row.tokens().length).sum();
    }
}
