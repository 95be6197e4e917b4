/** The one Transformer: its sites, blocks and layers, put together from a configuration. */
package dev.graft.transformer.model.architecture;
