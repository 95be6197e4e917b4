package dev.graft.training.optimizer;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * AdamW (Loshchilov and Hutter 2019, "Decoupled weight decay regularization") as {@code torch.optim.AdamW} computes it.
 *
 * <p>The moments live outside the heap and are freed by {@link #close()}. A step can be cut into pieces for several
 * threads; the result is the same, bit for bit.
 */
public final class AdamW implements AutoCloseable {
    /**
     * Settings.
     *
     * @param beta1 weight of the old mean
     * @param beta2 weight of the old mean square
     * @param epsilon added to the root
     * @param weightDecay share of a value that is taken away each step, times the learning rate
     */
    public record Options(double beta1, double beta2, double epsilon, double weightDecay) {
        /** torch's defaults with a weight decay. */
        public static Options withDecay(double weightDecay) {
            return new Options(0.9, 0.999, 1e-8, weightDecay);
        }
    }

    private record Slot(Trained trained, Storage memory, Tensor mean, Tensor square) {}

    private final List<Slot> slots = new ArrayList<>();
    private final Options options;
    private long steps;

    /** An optimizer for these tensors, with moments of zero. */
    public AdamW(List<Trained> trained, Options options) {
        this.options = options;
        for (Trained one : trained) {
            int length = Math.toIntExact(one.value().length());
            Storage memory = Storage.allocate(Math.max(1, 2L * length));
            Tiles.fill(Tensor.over(memory, 0, 2L * length), 0f);
            slots.add(new Slot(one, memory, Tensor.over(memory, 0, length), Tensor.over(memory, length, length)));
        }
    }

    /** Number of steps done. */
    public long steps() {
        return steps;
    }

    /** Does one step on this thread; gradients stand in the order of the tensors. */
    public void step(double learningRate, List<Tensor> gradients) {
        step(learningRate, gradients, 1).forEach(Runnable::run);
    }

    /**
     * Begins a step and gives its work in pieces: each must be run once, on any thread, before anything else is done
     * with the tensors.
     */
    public List<Runnable> step(double learningRate, List<Tensor> gradients, int pieces) {
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("the learning rate is " + learningRate + "; allowed: a number from 0");
        }
        check(gradients);
        steps++;
        List<AdamUpdate> updates = slots.stream()
                .map(slot -> new AdamUpdate(options, learningRate, slot.trained(), steps))
                .toList();
        int[] lengths =
                slots.stream().mapToInt(slot -> (int) slot.mean().length()).toArray();
        List<Runnable> work = new ArrayList<>();
        for (List<Pieces.Range> ranges : Pieces.cut(lengths, pieces, AdamUpdate.TILE)) {
            work.add(() -> ranges.forEach(range -> {
                Slot slot = slots.get(range.tensor());
                updates.get(range.tensor())
                        .apply(
                                slot.trained().value(),
                                gradients.get(range.tensor()),
                                slot.mean(),
                                slot.square(),
                                range.from(),
                                range.to());
            }));
        }
        return work;
    }

    private void check(List<Tensor> gradients) {
        if (gradients.size() != slots.size()) {
            throw new IllegalArgumentException(gradients.size() + " gradients for " + slots.size() + " tensors");
        }
        for (int i = 0; i < gradients.size(); i++) {
            long[] shape = slots.get(i).trained().value().shape();
            if (!gradients.get(i).isDense() || !Arrays.equals(gradients.get(i).shape(), shape)) {
                throw new IllegalArgumentException("the gradient of "
                        + slots.get(i).trained().name() + " has shape "
                        + Shapes.text(gradients.get(i).shape()) + " or gaps; allowed: " + Shapes.text(shape)
                        + ", dense");
            }
        }
    }

    /** A copy of the state. */
    public AdamState state() {
        return new AdamState(
                steps,
                slots.stream()
                        .map(slot -> new AdamState.Moments(
                                slot.trained().name(),
                                slot.mean().toArray(),
                                slot.square().toArray()))
                        .toList());
    }

    /**
     * Goes on from a state.
     *
     * @throws IllegalArgumentException if it belongs to other tensors; then nothing is changed
     */
    public void restore(AdamState state) {
        state.check(slots.stream().map(Slot::trained).toList());
        for (int i = 0; i < slots.size(); i++) {
            Tiles.write(state.moments().get(i).mean(), slots.get(i).mean());
            Tiles.write(state.moments().get(i).square(), slots.get(i).square());
        }
        steps = state.steps();
    }

    /** Frees the moments. */
    @Override
    public void close() {
        slots.forEach(slot -> slot.memory().close());
    }
}
