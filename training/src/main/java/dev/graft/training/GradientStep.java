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
 * The loss and the gradient of a step of one adapter: its micro-batches are computed side by side, here or on other
 * machines, and their gradients are added in their order. The result is the same bits for any number of workers.
 */
public final class GradientStep implements AutoCloseable {
    private final Learner learner;
    private final Workers workers;
    private final CounterRandom dropout;
    private final long floats;
    private final List<Storage> slots = new ArrayList<>();
    private final Storage total;
    private List<MicroBatch> parts = List.of();
    private int added;
    private double loss;

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
        List<int[]> numbers = batch.microBatches();
        double scale = 1.0 / (labels == null ? labelled(numbers, rows) : batch.rows());
        List<MicroBatch> next = new ArrayList<>();
        for (int[] part : numbers) {
            int[] own = labels == null ? null : pick(labels, part);
            next.add(new MicroBatch(step, next.size(), scale, pick(rows, part), own));
        }
        begin(next);
    }

    /** Sets out a step of these micro-batches. */
    void begin(List<MicroBatch> next) {
        parts = next;
        loss = 0;
        added = 0;
    }

    /** Number of micro-batches of the step. */
    public int parts() {
        return parts.size();
    }

    /** A micro-batch as bytes, for {@link Replica#compute}. */
    public byte[] part(int number) {
        return MicroBatchBytes.write(parts.get(number));
    }

    /** Number of the step, from 0. */
    public long step() {
        return parts.get(0).step();
    }

    /** Number of floats of a gradient. */
    public long floats() {
        return floats;
    }

    /**
     * The task that computes a micro-batch.
     *
     * @param from the first one of those that run side by side with it
     * @return gives the micro-batch's share of the loss
     */
    Function<Compute, Double> task(int part, int from) {
        Tensor target = part == 0 ? gradient() : slot(part - from);
        MicroBatch todo = parts.get(part);
        return compute -> todo.run(learner, compute, dropout, target);
    }

    /** Adds the micro-batches that ran side by side, in their order: a step's sum does not depend on how they were cut. */
    void add(int from, List<Double> shares) {
        for (double share : shares) {
            loss += share;
        }
        reduce(from == 0 ? 1 : 0, shares.size());
        added = from + shares.size();
    }

    /**
     * Adds a micro-batch that was computed elsewhere.
     *
     * @param part its number: the one after the last that was added
     * @param share of the loss
     * @param gradient its bytes, as a {@link Replica} gives them
     * @throws IllegalArgumentException if it is another one's turn, or the gradient has another length
     */
    public void add(int part, double share, byte[] gradient) {
        if (part != added || part >= parts.size()) {
            throw new IllegalArgumentException("micro-batch " + part + " of " + parts.size()
                    + " is to be added, but it is the turn of " + added + ": a sum depends on its order");
        }
        GradientBytes.read(gradient, part == 0 ? gradient() : slot(0));
        add(part, List.of(share));
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
