package dev.graft.transformer.model;

/**
 * An adapter and its share of something that is made of several.
 *
 * @param adapter on the base
 * @param weight factor on what it changes
 */
public record WeightedAdapter(Adapter adapter, double weight) {}
