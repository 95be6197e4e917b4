package dev.graft.autograd.kernel;

/**
 * How much of a feed-forward layer is computed at a time.
 *
 * @param rows how its rows are cut
 * @param columns inner columns at a time; they divide all of them
 */
public record FeedForwardCut(Cut rows, long columns) {}
