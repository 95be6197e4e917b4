package dev.graft.autograd.memory;

/**
 * Says how much memory copies of a base's weights may take in the layouts of kernels, which products read faster. All
 * copies of a large base would be several times the base. What a weight may have depends on the sizes of the base's
 * weights in the order in which they were counted, and on nothing else, so that the same run gives the same bytes.
 */
public final class Copies {
    /** Most floats of a small base: 256 MiB. */
    private static final long SMALL = 64 << 20;

    /** Floats of a large base's weights that have copies: 384 MiB, so that both directions' copies are 768 MiB. */
    private static final long SOME = 96 << 20;

    private final long small;
    private final long some;
    private volatile long floats;

    /** What copies of a weight may take. */
    public enum Room {
        /** Several times the weight. */
        PLENTY,
        /** As much as the weight for each direction of products. */
        SOME,
        /** Nothing. */
        NONE
    }

    /** Plenty for bases of up to 256 MiB; some for the first 384 MiB of larger ones. */
    public Copies() {
        this(SMALL, SOME);
    }

    /**
     * Room by the number of floats.
     *
     * @param small most floats of a base whose weights all have plenty
     * @param some floats of the first weights of a larger one, which have some
     */
    public Copies(long small, long some) {
        this.small = small;
        this.some = some;
    }

    /** Counts one more weight; true if it is among the first ones. */
    synchronized boolean count(long more) {
        floats += more;
        return floats <= some;
    }

    /** Room for a weight of this base. */
    Room room(boolean first) {
        if (floats <= small) {
            return Room.PLENTY;
        }
        return first ? Room.SOME : Room.NONE;
    }
}
