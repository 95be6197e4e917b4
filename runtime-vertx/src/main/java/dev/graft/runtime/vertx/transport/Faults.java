package dev.graft.runtime.vertx.transport;

import java.util.SplittableRandom;

/**
 * What a test does to frames on their way, each with a probability and all drawn from one seed. It belongs to one event
 * loop.
 */
public final class Faults {
    /** Leaves frames as they are. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0);

    private final SplittableRandom random;
    private final double drop;
    private final double twice;
    private final double delay;
    private final double damage;
    private final int mostMillis;

    /**
     * Faults.
     *
     * @param drop probability that a frame is lost
     * @param twice that it arrives twice
     * @param delay that it arrives later, so that others overtake it
     * @param damage that a byte of its payload is another
     * @param mostMillis longest delay
     */
    public Faults(long seed, double drop, double twice, double delay, double damage, int mostMillis) {
        this.random = new SplittableRandom(seed);
        this.drop = drop;
        this.twice = twice;
        this.delay = delay;
        this.damage = damage;
        this.mostMillis = mostMillis;
    }

    /** Delivers a frame. */
    @FunctionalInterface
    interface Delivery {
        /** Now, or in some milliseconds. */
        void deliver(Frame frame, long millis);
    }

    void pass(Frame frame, Delivery delivery) {
        if (this == NONE) {
            delivery.deliver(frame, 0);
            return;
        }
        int copies = random.nextDouble() < drop ? 0 : random.nextDouble() < twice ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            long millis = random.nextDouble() < delay ? 1 + random.nextInt(Math.max(1, mostMillis)) : 0;
            delivery.deliver(random.nextDouble() < damage ? damaged(frame) : frame, millis);
        }
    }

    private Frame damaged(Frame frame) {
        byte[] payload = frame.payload().clone();
        if (payload.length == 0) {
            return frame.with(payload, frame.checksum() ^ 1);
        }
        payload[random.nextInt(payload.length)] ^= 1;
        return frame.with(payload, frame.checksum());
    }
}
