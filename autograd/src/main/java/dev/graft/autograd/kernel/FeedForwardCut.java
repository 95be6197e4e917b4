package dev.graft.autograd.kernel;

/**
 * How much of a feed-forward layer is computed at a time.
 *
 * @param rows how its rows are cut
 * @param columns inner columns at a time; they divide all of them
 */
public record FeedForwardCut(Cut rows, long columns) {
    /** About as many rows at a time as share a core's cache with a block of a weight. */
    private static final long ROWS = 256;

    /** Masks of dropout are cut at every fourth row. */
    private static final long GRAIN = 4;

    /** Some rows and some columns at a time. */
    static FeedForwardCut of(long rows, long columns) {
        return new FeedForwardCut(rows(rows), columns);
    }

    /** Pieces of rows of a product. */
    static Cut rows(long rows) {
        return Cut.near(ROWS, rows, GRAIN);
    }

    /** The number of rows for which layouts of weights are chosen. */
    static long typicalRows() {
        return ROWS;
    }
}
