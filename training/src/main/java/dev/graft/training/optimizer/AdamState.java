package dev.graft.training.optimizer;

import java.util.List;

/**
 * What AdamW remembers, for a checkpoint.
 *
 * @param steps number of steps done
 * @param moments of each tensor, in the optimizer's order
 */
public record AdamState(long steps, List<Moments> moments) {
    /** Copies the list. */
    public AdamState {
        moments = List.copyOf(moments);
    }

    /** Refuses a state of other tensors. */
    void check(List<Trained> trained) {
        if (moments.size() != trained.size()) {
            throw new IllegalArgumentException(
                    "the optimizer's state has " + moments.size() + " tensors, the run has " + trained.size());
        }
        for (int i = 0; i < trained.size(); i++) {
            Moments one = moments.get(i);
            String name = trained.get(i).name();
            long length = trained.get(i).value().length();
            if (!one.name().equals(name) || one.mean().length != length || one.square().length != length) {
                throw new IllegalArgumentException("the optimizer's state has " + one.name() + " with "
                        + one.mean().length + " numbers where the run has " + name + " with " + length);
            }
        }
    }

    /**
     * Moving averages of one tensor's gradient.
     *
     * @param name of the tensor
     * @param mean of the gradient
     * @param square of its square
     */
    public record Moments(String name, float[] mean, float[] square) {}
}
