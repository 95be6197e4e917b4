package dev.graft.autograd.kernel;

/**
 * A length cut into about equal pieces that begin at multiples of a grain.
 *
 * @param size the whole length
 * @param count how many pieces, from 1
 * @param grain where pieces may begin
 */
public record Cut(long size, long count, long grain) {
    /** About as many rows as share a core's cache with a block of a weight: layouts of weights are chosen for them. */
    static final long ROWS = 256;

    /** Masks of dropout are cut at every fourth row. */
    private static final long ROW_GRAIN = 4;

    /** Rows of products, cut so that what one product leaves is still in the cache for the next. */
    public static Cut rows(long size) {
        return near(ROWS, size, ROW_GRAIN);
    }

    /** Pieces of about this length, from three quarters to one and a half of it where the whole is as long. */
    static Cut near(long length, long size, long grain) {
        return new Cut(size, Math.max(1, Math.round((double) size / length)), grain);
    }

    /** As few pieces as can be with no more than this length (and a grain). */
    static Cut atMost(long length, long size, long grain) {
        return new Cut(size, Math.max(1, (size + length - 1) / length), grain);
    }

    /** Where a piece begins; piece {@code count} begins at the end. */
    public long start(long piece) {
        return piece == count ? size : size * piece / count / grain * grain;
    }

    /** No piece is longer. */
    public long longest() {
        return Math.min(size, (size + count - 1) / count + grain - 1);
    }
}
