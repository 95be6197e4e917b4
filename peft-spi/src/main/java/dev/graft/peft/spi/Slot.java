package dev.graft.peft.spi;

/**
 * Which part of a Transformer a site is. Not every family has all of them, and further constants may come: a switch
 * over them needs a default.
 */
public enum Slot {
    /** Word embeddings [tokens, hidden], before positions, types and norm. */
    EMBEDDING(false),
    /** Table of words [vocabulary, hidden]: x is y, each token's row [tokens, hidden], before a model's factor on it. */
    WORDS(false),
    /** Projection of embeddings that are narrower than the hidden states. */
    EMBEDDING_PROJECTION(true),
    /** Query projection. */
    QUERY(true),
    /** Key projection. */
    KEY(true),
    /** Value projection. */
    VALUE(true),
    /** Projection of embedded distances that keys meet, in attention that has one for them. */
    POSITION_QUERY(true),
    /** Projection of embedded distances that queries meet, in attention that has one for them. */
    POSITION_KEY(true),
    /** Query, key and value in one projection, as GPT-2's c_attn; its parts are sites as well. */
    QUERY_KEY_VALUE(true),
    /** Projection of the attention's result. */
    ATTENTION_OUT(true),
    /** First feed-forward projection. */
    MLP_UP(true),
    /** Gate of a gated feed-forward layer. */
    MLP_GATE(true),
    /** Second feed-forward projection. */
    MLP_DOWN(true),
    /** Projection in front of a classifier, as BERT's pooler. */
    POOLER(true),
    /** Output projection of a language model. */
    HEAD(true),
    /** Rows in front of keys and values, per sequence, entered unrotated. */
    CACHE(false),
    /** Attention sub-layer: x is what it reads, y its output before the residual is added. */
    ATTENTION_BLOCK(false),
    /** Feed-forward sub-layer: x is what it reads, y its output before the residual is added. */
    MLP_BLOCK(false),
    /** Normalisation: x is normalised, y is scaled and shifted. */
    NORM(false),
    /** The end of a layer: x is y. */
    LAYER(false);

    private final boolean linear;

    Slot(boolean linear) {
        this.linear = linear;
    }

    /** True for projections: y = x W + b with a frozen W. */
    public boolean isLinear() {
        return linear;
    }
}
