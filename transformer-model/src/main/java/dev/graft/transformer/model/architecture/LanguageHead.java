package dev.graft.transformer.model.architecture;

import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * The projection from hidden states to logits over the vocabulary.
 *
 * @param plan special tokens
 * @param site the projection
 * @param bias added to the logits, [1, vocabulary], or null; it is never trained
 */
public record LanguageHead(LanguagePlan plan, ModelSite site, FrozenWeight bias) {}
