package dev.graft.training.optimizer;

/** How the learning rate changes over a run: the factors of transformers' {@code get_scheduler} of the same name. */
public enum Schedule {
    /** The same all along. */
    CONSTANT,
    /** Falls in a straight line to 0, which it would reach after the last step. */
    LINEAR,
    /** Falls along half a cosine to 0. */
    COSINE;

    /**
     * Factor on the learning rate.
     *
     * @param step from 0
     * @param total number of steps of the run
     * @param warmup number of steps in which the factor rises from 0 in a straight line; 0 for none
     */
    public double factor(long step, long total, long warmup) {
        if (step < 0 || warmup < 0) {
            throw new IllegalArgumentException("step " + step + " and warm-up " + warmup + " must not be negative");
        }
        if (step < warmup) {
            return (double) step / Math.max(1, warmup);
        }
        long fall = Math.max(1, total - warmup);
        return switch (this) {
            case CONSTANT -> 1;
            case LINEAR -> Math.max(0, (double) (total - step) / fall);
            case COSINE -> Math.max(0, 0.5 * (1 + StrictMath.cos(Math.PI * ((double) (step - warmup) / fall))));
        };
    }
}
