package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.CrossEntropy;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.Injection;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.List;
import java.util.Optional;

/** Computes the loss and the gradient of one micro-batch; it never changes anything but the gradient it is given. */
public final class Learner {
    private final BaseModel base;
    private final Adapter adapter;

    /** Learns an adapter on a base. */
    public Learner(BaseModel base, Adapter adapter) {
        this.base = base;
        this.adapter = adapter;
    }

    /**
     * Runs forward and backward on the calling worker.
     *
     * @param labels class numbers, one a row; null to learn the labels of the rows' own tokens
     * @param scale 1 / the number of rows, or of labelled tokens, in the whole step
     * @param random the dropout of this micro-batch, or null for none
     * @param gradient laid out as {@link AdapterTensors#flat}; overwritten
     * @return the micro-batch's share of the step's loss
     */
    public double step(
            Compute compute, List<TokenRow> rows, int[] labels, double scale, CounterRandom random, Tensor gradient) {
        Tiles.fill(gradient, 0f);
        try (Tape tape = new Tape(compute, true)) {
            Var total = total(tape, rows, labels, scale, random, gradient);
            double value = tape.value(total).toArray()[0];
            tape.backward(total);
            return value;
        }
    }

    /**
     * The loss that {@link #step} returns, without its gradient: for those who compare a gradient with differences.
     *
     * @param gradient where {@link #step} would write; it is left as it is
     */
    public double loss(
            Compute compute, List<TokenRow> rows, int[] labels, double scale, CounterRandom random, Tensor gradient) {
        try (Tape tape = new Tape(compute, true)) {
            return tape.value(total(tape, rows, labels, scale, random, gradient))
                    .toArray()[0];
        }
    }

    private Var total(
            Tape tape, List<TokenRow> rows, int[] labels, double scale, CounterRandom random, Tensor gradient) {
        AdapterTensors tensors = adapter.tensors();
        Training training = new Training(random, parameter -> slice(gradient, tensors, parameter));
        ForwardPass pass = new ForwardPass(
                base.transformer(), tape, rows, List.of(new Route(adapter.overlay(), 0, rows.size())), training);
        Var hidden = pass.hidden();
        Var loss = labels == null
                ? tokenLoss(pass, hidden, scale)
                : CrossEntropy.apply(pass.logits(0, pass.pooled(hidden)), labels, scale);
        Injection injection = adapter.overlay().injection();
        Optional<Var> penalty = injection == null ? Optional.empty() : injection.penalty(pass.context(0));
        return penalty.isPresent() ? loss.add(penalty.get().multiply(scale * counted(rows, labels))) : loss;
    }

    /** Of the classes of tokens, or of the tokens that follow. */
    private Var tokenLoss(ForwardPass pass, Var hidden, double scale) {
        Predicted predicted = pass.predicted();
        return adapter.perToken()
                ? CrossEntropy.apply(pass.tokenLogits(0, hidden.gather(predicted.rows())), predicted.labels(), scale)
                : pass.vocabulary().loss(hidden, predicted, scale);
    }

    private static int counted(List<TokenRow> rows, int[] labels) {
        return labels == null ? rows.stream().mapToInt(TokenRow::labelled).sum() : rows.size();
    }

    private static Tensor slice(Tensor gradient, AdapterTensors tensors, AdapterParameter parameter) {
        return gradient.narrow(0, tensors.offset(parameter), tensors.offset(parameter) + parameter.length())
                .reshape(parameter.shape());
    }
}
