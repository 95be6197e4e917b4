/** The families of models: each a file that says how config.json and the names of weights map to the one Transformer. */
package dev.graft.transformer.model.family;
