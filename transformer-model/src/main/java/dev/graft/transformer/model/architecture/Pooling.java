package dev.graft.transformer.model.architecture;

/** Which hidden state of a sequence a classifier reads. */
public enum Pooling {
    /** The first token, through a projection and tanh. */
    POOLER,
    /** The first token. */
    FIRST,
    /** The mean of all tokens. */
    MEAN,
    /** The last token. */
    LAST,
    /** The last end token of the text. */
    END;

    /** The word for files and reports. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
