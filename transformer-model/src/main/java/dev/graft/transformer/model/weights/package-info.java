/** The base's arrays. This package is exported to nobody: outside it a weight is a read-only FrozenTensor. */
package dev.graft.transformer.model.weights;
