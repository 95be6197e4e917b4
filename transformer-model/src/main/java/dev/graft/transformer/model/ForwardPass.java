package dev.graft.transformer.model;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.List;

/** One forward pass for classification: tokens in, logits out, for any mix of adapters. */
final class ForwardPass {
    private final Transformer transformer;
    private final HookedPass pass;
    private final List<Route> routes;

    ForwardPass(Transformer transformer, Tape tape, List<TokenRow> rows, List<Route> routes, Training training) {
        this.transformer = transformer;
        this.routes = routes;
        this.pass = new HookedPass(tape, rows, routes, training);
    }

    /** Hidden states of all tokens, [tokens, hidden]. */
    Var hidden() {
        return transformer.encode(pass);
    }

    /** One vector a sequence, [sequences, hidden]: the first token through the pooler if there is one, else the mean. */
    Var pooled(Var hidden) {
        Sequences sequences = pass.sequences();
        if (transformer.pooler() == null) {
            return hidden.mean(sequences);
        }
        int[] first = new int[sequences.count()];
        int[] ones = new int[first.length];
        for (int i = 0; i < first.length; i++) {
            first[i] = sequences.start(i);
            ones[i] = 1;
        }
        return pass.linear(transformer.pooler(), hidden.gather(first), Sequences.packed(ones))
                .tanh();
    }

    /** The logits of a route's sequences, [sequences of the route, labels]. */
    Var logits(int route, Var pooled) {
        Route part = routes.get(route);
        Var rows = routes.size() == 1 ? pooled : pooled.rows(part.first(), part.first() + part.count());
        Var dropped = pass.dropout("classifier", rows, transformer.classifierDropout());
        Overlay overlay = part.overlay();
        if (overlay != null && overlay.classifierWeight() != null) {
            return dropped.linear(
                    pass.use(route, overlay.classifierWeight()), pass.use(route, overlay.classifierBias()));
        }
        if (transformer.classifierWeight() == null) {
            throw new IllegalArgumentException(
                    "this base has no classifier of its own; give an adapter that was trained for classification");
        }
        return dropped.linear(pass.weight(transformer.classifierWeight()), pass.weight(transformer.classifierBias()));
    }

    /** Where the sequences ended up. */
    Sequences sequences() {
        return pass.sequences();
    }

    Context context(int route) {
        return pass.context(route);
    }
}
