package dev.graft.transformer.model;

import dev.graft.autograd.CrossEntropy;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.LanguageHead;
import dev.graft.transformer.model.overlay.HookedPass;

/** The projection of hidden states to the vocabulary in one pass, with its hooks. */
final class Vocabulary {
    private final LanguageHead head;
    private final HookedPass pass;

    Vocabulary(LanguageHead head, HookedPass pass) {
        if (head == null) {
            throw new IllegalArgumentException("this base predicts no tokens: it can classify, but not generate");
        }
        this.head = head;
        this.pass = pass;
    }

    /** True if logits of some rows depend on nothing but these rows, so that they can be computed in pieces. */
    boolean isPlain() {
        return !pass.hooked(head.site());
    }

    /**
     * Logits, [rows, vocabulary].
     *
     * @param places which of the rows belong to which sequence
     */
    Var logits(Var rows, Sequences places) {
        Var logits = pass.linear(head.site(), scaled(rows), places);
        Var moved = head.bias() == null ? logits : logits.add(bias());
        double cap = head.plan().cap();
        return cap == 0 ? moved : moved.multiply(1 / cap).tanh().multiply(cap);
    }

    private Var scaled(Var rows) {
        double scale = head.plan().scale();
        return scale == 1 ? rows : rows.multiply(scale);
    }

    private Var bias() {
        return pass.weight(head.bias()).reshape(head.site().outputSize());
    }

    /** The scaled sum of -log p(label) of the predicted tokens, a scalar. */
    Var loss(Var hidden, Predicted predicted, double scale) {
        Var rows = predicted.isAll(hidden.size(0)) ? hidden : hidden.gather(predicted.rows());
        if (!isPlain()) {
            return CrossEntropy.apply(logits(rows, predicted.places()), predicted.labels(), scale);
        }
        Var weight = pass.weight(head.site().frozenWeight());
        Var bias = head.bias() == null ? null : bias();
        return CrossEntropy.ofLinear(
                scaled(rows),
                weight,
                bias,
                predicted.labels(),
                scale,
                head.plan().cap());
    }
}
