package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Searches for the most probable continuations of prompts; all beginnings of all texts are computed together. */
final class BeamGenerator {
    private final BaseModel base;
    private final BeamOptions options;
    private final int most;

    BeamGenerator(BaseModel base, BeamOptions options, int most) {
        this.base = base;
        this.options = options;
        this.most = most;
    }

    /**
     * The best text of each row.
     *
     * @param rows ordered by adapter
     * @param adapters one a row, or null for the bare base
     */
    List<int[]> run(Compute compute, List<TokenRow> rows, List<Adapter> adapters) {
        GenerationConfig generation = base.generation();
        List<Beams> searches = rows.stream()
                .map(row -> new Beams(options, most, generation, row.last()))
                .toList();
        try (Decoding decoding = new Decoding(base, compute, rows, adapters, most, options.count())) {
            float[][] logits = decoding.first();
            while (true) {
                Next next = advance(searches, decoding.active(), logits);
                if (next.numbers.isEmpty()) {
                    return searches.stream().map(Beams::best).toList();
                }
                logits = decoding.next(next.numbers, next.parents, next.tokens);
            }
        }
    }

    /** Which beginnings go on: their numbers, whom they continue, and their next tokens. */
    private static final class Next {
        final List<Integer> numbers = new ArrayList<>();
        final List<Integer> parents = new ArrayList<>();
        final List<Integer> tokens = new ArrayList<>();
    }

    /** Each row's beginnings have the numbers from row * count on. */
    private Next advance(List<Beams> searches, List<Integer> active, float[][] logits) {
        Next next = new Next();
        for (int row = 0; row < searches.size(); row++) {
            int first = row * options.count();
            Beams search = searches.get(row);
            float[][] own = IntStream.range(0, active.size())
                    .filter(i -> active.get(i) / options.count() == first / options.count())
                    .boxed()
                    .sorted(Comparator.comparing(active::get))
                    .map(i -> logits[i])
                    .toArray(float[][]::new);
            if (own.length > 0) {
                search.step(own);
                go(search, first, next);
            }
        }
        return next;
    }

    private static void go(Beams search, int first, Next next) {
        if (search.isOver()) {
            return;
        }
        for (int i = 0; i < search.running().size(); i++) {
            next.numbers.add(first + i);
            next.parents.add(first + search.running().get(i).parent());
            next.tokens.add(search.running().get(i).token());
        }
    }
}
