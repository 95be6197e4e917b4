package dev.graft.transformer.model.architecture;

/**
 * All that a family's config.json and names say about a model: one Transformer is built from any of them.
 *
 * @param modelType the family
 * @param root in front of the body's names in a whole model; files may leave it out
 * @param vocabularySize number of tokens known
 * @param hiddenSize features of a token
 * @param maxPositions most tokens of a sequence
 * @param padToken id of the padding token, or -1
 * @param encoder the encoder, or null
 * @param decoder the decoder, or null; at least one of the two is there
 * @param head how sequences are classified
 * @param language how tokens are predicted, or null
 */
public record Blueprint(
        String modelType,
        String root,
        int vocabularySize,
        int hiddenSize,
        int maxPositions,
        int padToken,
        StackPlan encoder,
        StackPlan decoder,
        HeadPlan head,
        LanguagePlan language) {
    /** The stack whose hidden states are the result. */
    public StackPlan last() {
        return decoder == null ? encoder : decoder;
    }

    /** The stack that reads a text first. */
    public StackPlan first() {
        return encoder == null ? decoder : encoder;
    }

    /** True for an encoder and a decoder. */
    public boolean encoderDecoder() {
        return encoder != null && decoder != null;
    }

    /** True for a frozen weight whose name never has the root in front. */
    public boolean isOutside(String name) {
        HeadPlan.Pooler pooler = head.pooler();
        return pooler != null && !pooler.inBody() && name.startsWith(pooler.module() + ".");
    }

    /** The same model, whose own classifier is one of tokens, or of sequences. */
    public Blueprint ofTokens(boolean own) {
        return new Blueprint(
                modelType,
                root,
                vocabularySize,
                hiddenSize,
                maxPositions,
                padToken,
                encoder,
                decoder,
                head.ofTokens(own),
                language);
    }

    /** The same model with an output projection of its own, beside the table of words. */
    public Blueprint untied() {
        return new Blueprint(
                modelType,
                root,
                vocabularySize,
                hiddenSize,
                maxPositions,
                padToken,
                encoder,
                decoder,
                head,
                language.untied());
    }

    /** The same model without the prediction of tokens. */
    public Blueprint withoutLanguage() {
        return new Blueprint(
                modelType, root, vocabularySize, hiddenSize, maxPositions, padToken, encoder, decoder, head, null);
    }

    /** The same model with one dropout everywhere. */
    public Blueprint withDropout(double dropout) {
        return new Blueprint(
                modelType,
                root,
                vocabularySize,
                hiddenSize,
                maxPositions,
                padToken,
                encoder == null ? null : encoder.withDropout(dropout),
                decoder == null ? null : decoder.withDropout(dropout),
                head.withDropout(dropout),
                language);
    }
}
