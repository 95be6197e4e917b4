package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.overlay.Route;
import dev.graft.transformer.model.overlay.TokenRow;
import dev.graft.transformer.model.overlay.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs single sites with their hooks on made-up inputs, to find out what function they are. */
final class SiteProbe {
    private final Compute compute;
    private final Overlay overlay;

    SiteProbe(Compute compute, Overlay overlay) {
        this.compute = compute;
        this.overlay = overlay;
    }

    /**
     * What a linear site makes of some rows, [rows, in] to [rows, out].
     *
     * @param asTime true to lay the rows out as one sequence, false as sequences of one row
     */
    float[] linear(ModelSite site, float[] rows, boolean asTime) {
        int count = rows.length / site.inputSize();
        try (Tape tape = new Tape(compute, false)) {
            List<TokenRow> tokens = tokens(count, asTime);
            HookedPass pass =
                    new HookedPass(tape, tokens, List.of(new Route(overlay, 0, tokens.size())), Training.NONE);
            Var x = tape.constant(rows, count, site.inputSize());
            return tape.value(pass.linear(site, x, sequences(count, asTime))).toArray();
        }
    }

    /**
     * What tokens' rows of a table of words become, [tokens, width].
     *
     * @param asTime true to lay the tokens out as one sequence, false as sequences of one token
     */
    float[] words(ModelSite table, int[] ids, boolean asTime) {
        try (Tape tape = new Tape(compute, false)) {
            List<TokenRow> rows = asTime
                    ? List.of(new TokenRow(ids, new int[ids.length]))
                    : Arrays.stream(ids)
                            .mapToObj(id -> new TokenRow(new int[] {id}, new int[1]))
                            .toList();
            HookedPass pass = new HookedPass(tape, rows, List.of(new Route(overlay, 0, rows.size())), Training.NONE);
            Var found = pass.words(table);
            return tape.value(found).rows(0, ids.length).toArray();
        }
    }

    /** What a norm's scale and shift make of one normalised row, with their hooks. */
    float[] norm(ModelSite site, float[] row) {
        try (Tape tape = new Tape(compute, false)) {
            HookedPass pass = new HookedPass(tape, tokens(1, true), List.of(new Route(overlay, 0, 1)), Training.NONE);
            return tape.value(pass.scaleAndShift(site, tape.constant(row, 1, row.length)))
                    .toArray();
        }
    }

    private static List<TokenRow> tokens(int count, boolean asTime) {
        if (asTime) {
            return List.of(new TokenRow(new int[count], new int[count]));
        }
        List<TokenRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new TokenRow(new int[1], new int[1]));
        }
        return rows;
    }

    private static Sequences sequences(int count, boolean asTime) {
        if (asTime) {
            return Sequences.packed(count);
        }
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return Sequences.packed(ones);
    }
}
