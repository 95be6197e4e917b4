/** One Transformer for every supported family. */
package dev.graft.transformer.model;
