package dev.graft.transformer.model.architecture;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.ModelShape;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.List;

/**
 * A Transformer: an encoder, a decoder or both, and how it classifies or predicts tokens; all of it frozen.
 *
 * @param shape sizes and sites
 * @param padToken id of the padding token, or -1
 * @param encoder or null
 * @param decoder or null
 * @param head for classification
 * @param tokens for classification of tokens, or null
 * @param language for generation, or null
 * @param languagePlan tokens at which texts begin and end, also where the checkpoint classifies only; or null
 * @param weights every weight but the classifier's, in the order of the forward pass
 * @param buffers tensors of the checkpoint that no training changes
 */
public record Transformer(
        ModelShape shape,
        int padToken,
        Stack encoder,
        Stack decoder,
        ClassifierHead head,
        TokenHead tokens,
        LanguageHead language,
        LanguagePlan languagePlan,
        List<FrozenWeight> weights,
        List<FrozenWeight> buffers) {
    /** The hidden states of the last layer, [tokens, hidden]: the decoder's if there is one. */
    public Var hidden(Pass pass) {
        Var memory = encoder == null ? null : encoder.apply(pass, null);
        return decoder == null ? memory : decoder.apply(pass, memory);
    }

    /** The stack that reads a text first. */
    public Stack first() {
        return encoder == null ? decoder : encoder;
    }

    /** The stack whose hidden states are the result. */
    public Stack last() {
        return decoder == null ? encoder : decoder;
    }
}
