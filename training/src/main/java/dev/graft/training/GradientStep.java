package dev.graft.training;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.kernel.Elementwise;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.training.data.Batch;
import dev.graft.transformer.model.Learner;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The loss and the gradient of a step of one adapter: its micro-batches run side by side, among those of other adapters
 * if there are any, and their gradients are added in their order. The result is the same bits for any number of workers.
 */
final class GradientStep implements AutoCloseable {
    private final Learner learner;
    private final Workers workers;
    private final CounterRandom dropout;
    private final long floats;
    private final List<Storage> slots = new ArrayList<>();
    private final Storage total;
    private List<Work> work = List.of();
    private double loss;

    @FunctionalInterface
    private interface Work {
        double run(Compute compute, Tensor target);
    }

    /**
     * Prepares the buffers.
     *
     * @param floats length of the flat gradient
     * @param dropout the run's randomness for dropout
     */
    GradientStep(Learner learner, Workers workers, long floats, CounterRandom dropout) {
        this.learner = learner;
        this.workers = workers;
        this.floats = floats;
        this.dropout = dropout;
        this.total = Storage.allocate(floats);
    }

    /** The reduced gradient of the last step, laid out as the adapter's flat tensors. */
    Tensor gradient() {
        return Tensor.over(total, 0, floats);
    }

    /**
     * Sets out a step.
     *
     * @param step its number, for dropout
     * @param batch its rows, as micro-batches
     * @param rows all rows of the training data
     * @param labels their classes; null to learn the labels of their tokens
     */
    void begin(long step, Batch batch, List<TokenRow> rows, int[] labels) {
        List<int[]> parts = batch.microBatches();
        double scale = 1.0 / (labels == null ? labelled(parts, rows) : batch.rows());
        CounterRandom random = dropout.with(step);
        work = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            int[] part = parts.get(i);
            CounterRandom own = random.with(i);
            work.add((compute, target) -> learner.step(
                    compute, pick(rows, part), labels == null ? null : pick(labels, part), scale, own, target));
        }
        loss = 0;
    }

    /** Number of micro-batches of the step. */
    int parts() {
        return work.size();
    }

    /**
     * The task that computes a micro-batch.
     *
     * @param from the first one of those that run side by side with it
     * @return gives the micro-batch's share of the loss
     */
    Function<Compute, Double> task(int part, int from) {
        Tensor target = part == 0 ? gradient() : slot(part - from);
        Work todo = work.get(part);
        return compute -> todo.run(compute, target);
    }

    /** Adds the micro-batches that ran side by side, in their order: a step's sum does not depend on how they were cut. */
    void add(int from, List<Double> shares) {
        for (double share : shares) {
            loss += share;
        }
        reduce(from == 0 ? 1 : 0, shares.size());
    }

    /** The mean loss of the step's rows, or of their labelled tokens, as far as its micro-batches were added. */
    double loss() {
        return loss;
    }

    private static long labelled(List<int[]> parts, List<TokenRow> rows) {
        long count = 0;
        for (int[] part : parts) {
            for (int row : part) {
                count += rows.get(row).labelled();
            }
        }
        return count;
    }

    /** Adds slots to the total in their order, each thread over its own range of elements. */
    private void reduce(int first, int end) {
        if (first >= end) {
            return;
        }
        workers.run(ranges(floats, workers.threads()).stream()
                .<Function<Compute, Void>>map(range -> compute -> {
                    Elementwise elementwise = compute.elementwise();
                    Tensor sum = gradient().narrow(0, range[0], range[1]);
                    for (int i = first; i < end; i++) {
                        elementwise.add(sum, slot(i).narrow(0, range[0], range[1]), sum);
                    }
                    return null;
                })
                .toList());
    }

    /** Cuts a length into parts that begin on cache lines. */
    static List<long[]> ranges(long length, int parts) {
        long size = Math.max(4096, ((length + parts - 1) / parts + 15) / 16 * 16);
        List<long[]> ranges = new ArrayList<>();
        for (long from = 0; from < length; from += size) {
            ranges.add(new long[] {from, Math.min(length, from + size)});
        }
        return ranges;
    }

    private Tensor slot(int number) {
        while (slots.size() <= number) {
            slots.add(Storage.allocate(floats));
        }
        return Tensor.over(slots.get(number), 0, floats);
    }

    private static List<TokenRow> pick(List<TokenRow> rows, int[] numbers) {
        List<TokenRow> picked = new ArrayList<>(numbers.length);
        for (int number : numbers) {
            picked.add(rows.get(number));
        }
        return picked;
    }

    private static int[] pick(int[] labels, int[] numbers) {
        int[] picked = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            picked[i] = labels[numbers[i]];
        }
        return picked;
    }

    @Override
    public void close() {
        slots.forEach(Storage::close);
        total.close();
    }
}
