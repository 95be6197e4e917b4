package dev.graft.transformer.model;

import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.transformer.model.architecture.ClassifierHead;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.Pooling;
import dev.graft.transformer.model.architecture.TokenHead;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.overlay.HeadParameters;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.Arrays;
import java.util.List;

/** One forward pass over whole sequences: tokens in, classes or tokens out, for any mix of adapters. */
final class ForwardPass {
    private final Transformer transformer;
    private final HookedPass pass;
    private final List<TokenRow> rows;
    private final List<Route> routes;

    ForwardPass(Transformer transformer, Tape tape, List<TokenRow> rows, List<Route> routes, Training training) {
        this.transformer = transformer;
        this.routes = routes;
        this.rows = transformer.encoder() == null || transformer.decoder() == null
                ? rows
                : rows.stream().map(this::withDecoder).toList();
        this.pass = new HookedPass(tape, this.rows, routes, training);
    }

    /** A row without tokens for the decoder gives it the encoder's, one place to the right, as BART's classifier does. */
    private TokenRow withDecoder(TokenRow row) {
        if (row.decoder() != null) {
            return row;
        }
        int[] shifted = new int[row.tokens().length];
        shifted[0] = transformer.languagePlan().startToken();
        System.arraycopy(row.tokens(), 0, shifted, 1, shifted.length - 1);
        return new TokenRow(row.tokens(), row.types(), shifted, row.labels());
    }

    /** Hidden states of all tokens of the last stack, [tokens, hidden]. */
    Var hidden() {
        return transformer.hidden(pass);
    }

    /** One vector a sequence, [sequences, hidden]; see {@link Pooling}. */
    Var pooled(Var hidden) {
        ClassifierHead head = transformer.head();
        Sequences sequences = pass.sequences();
        if (head.pooling() == Pooling.MEAN) {
            return hidden.mean(sequences);
        }
        int[] chosen = new int[sequences.count()];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = switch (head.pooling()) {
                case LAST -> pass.text(i) + last(rows.get(i).last(), sequences.start(i) < pass.text(i));
                case END -> pass.text(i) + lastEnd(rows.get(i).tokens());
                default -> sequences.start(i);
            };
        }
        Var vectors = hidden.gather(chosen);
        if (head.pooler() == null) {
            return vectors;
        }
        HeadPlan.Pooler pooler = head.plan().pooler();
        Var x = pass.dropout("pooler", vectors, pooler.dropout());
        return pass.linear(head.pooler(), x, ones(chosen.length)).activation(pooler.activation());
    }

    /**
     * The last token that is no padding, as transformers looks for it; where rows stand in front of a text it does not see
     * tokens, and takes the last.
     */
    private int last(int[] tokens, boolean behindRows) {
        int at = tokens.length - 1;
        int padding = transformer.padToken();
        while (!behindRows && at > 0 && tokens[at] == padding) {
            at--;
        }
        return behindRows || tokens[at] != padding ? at : 0;
    }

    private int lastEnd(int[] tokens) {
        List<Integer> ends = transformer.languagePlan().endTokens();
        for (int i = tokens.length - 1; i >= 0; i--) {
            if (ends.contains(tokens[i])) {
                return i;
            }
        }
        throw new IllegalArgumentException("a text without an end token " + ends
                + " cannot be classified by this model: it reads the hidden state there");
    }

    private static Sequences ones(int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return Sequences.packed(ones);
    }

    /** The logits of a route's sequences, [sequences of the route, labels]. */
    Var logits(int route, Var pooled) {
        Route part = routes.get(route);
        Var x = routes.size() == 1 ? pooled : pooled.rows(part.first(), part.first() + part.count());
        ClassifierHead head = transformer.head();
        Overlay overlay = part.overlay();
        HeadParameters trained = overlay == null ? HeadParameters.NONE : overlay.head();
        if (!trained.exists() && !head.own()) {
            throw new IllegalArgumentException(
                    "this base has no classifier of its own; give an adapter that was trained for classification");
        }
        HeadPlan plan = head.plan();
        Var weight = trained.exists() ? pass.use(route, trained.weight()) : pass.weight(head.weight());
        x = plan.dense() == null || plan.dropsFirst() ? pass.dropout("classifier", x, plan.dropout()) : x;
        if (plan.dense() != null) {
            Var dense = trained.exists() ? pass.use(route, trained.dense()) : pass.weight(head.dense());
            Var denseBias = trained.exists() ? pass.use(route, trained.denseBias()) : pass.weight(head.denseBias());
            x = pass.dropout(
                    "classifier out", x.linear(dense, denseBias).activation(plan.activation()), plan.dropout());
        }
        if (!plan.bias()) {
            return x.linear(weight, null);
        }
        return x.linear(weight, trained.exists() ? pass.use(route, trained.bias()) : pass.weight(head.bias()));
    }

    /**
     * The logits of rows of the hidden states, by a route's classifier of tokens, [rows, labels].
     *
     * @param x [rows, hidden]
     */
    Var tokenLogits(int route, Var x) {
        Overlay overlay = routes.get(route).overlay();
        HeadParameters trained = overlay == null ? HeadParameters.NONE : overlay.head();
        TokenHead head = transformer.tokens();
        if (head == null || !trained.exists() && !head.own()) {
            throw new IllegalArgumentException("this base has no classifier of tokens of its own; give an adapter that "
                    + "was trained to classify tokens");
        }
        Var dropped = pass.dropout("classifier", x, head.plan().dropout());
        return trained.exists()
                ? dropped.linear(pass.use(route, trained.weight()), pass.use(route, trained.bias()))
                : dropped.linear(pass.weight(head.weight()), pass.weight(head.bias()));
    }

    /** Row of the first token of a sequence's text in the hidden states, behind what hooks put in front. */
    int text(int sequence) {
        return pass.text(sequence);
    }

    /** The rows that predict a token, with their labels; known once the hidden states are. */
    Predicted predicted() {
        return Predicted.of(rows, pass);
    }

    /** The projection to the vocabulary, for these rows of the hidden states. */
    Vocabulary vocabulary() {
        return new Vocabulary(transformer.language(), pass);
    }

    /** Where the sequences of the last stack ended up. */
    Sequences sequences() {
        return pass.sequences();
    }

    Context context(int route) {
        return pass.context(route);
    }
}
