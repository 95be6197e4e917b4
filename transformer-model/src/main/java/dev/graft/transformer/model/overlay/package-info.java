/** Adapters laid over the frozen base: their tensors, their hooks by site, and the pass that applies them by rows. */
package dev.graft.transformer.model.overlay;
