/** Conversations as the text that a model was trained on. */
package dev.graft.transformer.model.chat;
