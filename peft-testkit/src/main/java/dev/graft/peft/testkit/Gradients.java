package dev.graft.peft.testkit;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Learner;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.Arrays;
import java.util.List;

/** An adapter's loss on some rows as a function of its values, and the gradient that its learner computes. */
final class Gradients implements AutoCloseable {
    private final Learner learner;
    private final Adapter adapter;
    private final List<TokenRow> rows;
    private final int[] labels;
    private final double scale;
    private final Storage memory;

    Gradients(BaseModel base, Adapter adapter, List<TokenRow> rows) {
        this.learner = new Learner(base, adapter);
        this.adapter = adapter;
        this.rows = rows;
        this.labels = rows.get(0).labels() == null ? new int[rows.size()] : null;
        if (labels != null) {
            Arrays.setAll(labels, i -> i % adapter.labels().size());
        }
        this.scale = 1.0
                / (labels != null
                        ? rows.size()
                        : rows.stream().mapToInt(TokenRow::labelled).sum());
        this.memory = Storage.allocate(adapter.tensors().flat().length());
    }

    /** The loss of all rows at once; {@link #gradient()} is the gradient then. */
    double loss(Compute compute, CounterRandom dropout) {
        return part(compute, 0, rows.size(), dropout);
    }

    /** The share of some rows in the loss of all. */
    double part(Compute compute, int from, int to, CounterRandom dropout) {
        return learner.step(
                compute,
                rows.subList(from, to),
                labels == null ? null : Arrays.copyOfRange(labels, from, to),
                scale,
                dropout,
                flat());
    }

    /** The loss of all rows at once, without a gradient. */
    double lossAlone(Compute compute, CounterRandom dropout) {
        return learner.loss(compute, rows, labels, scale, dropout, flat());
    }

    private Tensor flat() {
        return Tensor.over(memory, 0, memory.floats());
    }

    /** The gradient of what was computed last. */
    float[] gradient() {
        return flat().toArray();
    }

    /** A tensor's share of the gradient. */
    float[] gradient(AdapterParameter parameter) {
        int from = (int) adapter.tensors().offset(parameter);
        return Arrays.copyOfRange(gradient(), from, from + (int) parameter.length());
    }

    @Override
    public void close() {
        memory.close();
    }
}
