/**
 * The base's arrays. This package is exported to nobody: outside it a weight is a read-only FrozenTensor.
 * {@link dev.graft.transformer.model.weights.Checkpoint} maps those of a Hugging Face directory.
 */
package dev.graft.transformer.model.weights;
