/**
 * Models from a hub: the HTTP protocol and the cache of Python's huggingface_hub, so that both share what either
 * fetched. {@link dev.graft.transformer.model.hub.Hub} is the way in.
 */
package dev.graft.transformer.model.hub;
