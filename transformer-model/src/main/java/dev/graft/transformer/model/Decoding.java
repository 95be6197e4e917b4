package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.KeyValueCache;
import dev.graft.transformer.model.overlay.Streams;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Texts that are being generated, with the keys and values of their tokens so far. It belongs to one thread. */
final class Decoding implements AutoCloseable {
    private final Transformer transformer;
    private final Compute compute;
    private final List<TokenRow> rows;
    private final List<Adapter> adapters;
    private final int width;
    private final KeyValueCache cache;
    private List<Integer> active;
    private final int[] next;

    /**
     * Prepares texts.
     *
     * @param rows ordered by adapter
     * @param adapters one a row, or null for the bare base
     * @param room tokens that are expected to follow
     * @param width texts that may come of each row, with numbers from row * width on
     */
    Decoding(BaseModel base, Compute compute, List<TokenRow> rows, List<Adapter> adapters, int room, int width) {
        this.transformer = base.transformer();
        this.compute = compute;
        this.rows = rows;
        this.adapters = adapters.stream()
                .flatMap(adapter -> Collections.nCopies(width, adapter).stream())
                .collect(ArrayList::new, List::add, List::addAll);
        this.width = width;
        this.next = new int[rows.size() * width];
        this.active =
                IntStream.range(0, rows.size()).map(row -> row * width).boxed().toList();
        int longest = rows.stream().mapToInt(row -> row.last().length).max().orElse(0);
        this.cache = new KeyValueCache(rows.size() * width, longest + room);
    }

    /** Numbers of the texts that go on, in the order of the logits. */
    List<Integer> active() {
        return active;
    }

    /** Reads all prompts and returns the logits of their next tokens, [texts][vocabulary]. */
    float[][] first() {
        cache.select(active.stream().mapToInt(Integer::intValue).toArray());
        try (Tape tape = new Tape(compute, false)) {
            HookedPass pass = new HookedPass(tape, Streams.of(rows), RowPasses.routes(active, adapters), cache);
            float[][] logits = logits(tape, pass, transformer.hidden(pass));
            for (int i = 0; i < rows.size(); i++) {
                next[i * width] = pass.next(i);
            }
            cache.markFilled();
            return logits;
        }
    }

    /**
     * Reads one more token of each text that goes on.
     *
     * @param tokens chosen for the active texts
     * @param going places among the active texts of those that go on
     */
    float[][] next(int[] tokens, List<Integer> going) {
        return read(
                going.stream().map(active::get).toList(),
                going.stream().mapToInt(i -> tokens[i]).toArray());
    }

    /**
     * Reads one more token of each text that goes on, where texts may have become continuations of others.
     *
     * @param numbers of the texts, in ascending order
     * @param parents numbers of the texts that they continue
     * @param tokens chosen for them
     */
    float[][] next(List<Integer> numbers, List<Integer> parents, List<Integer> tokens) {
        int[] from = parents.stream().mapToInt(Integer::intValue).toArray();
        int[] to = numbers.stream().mapToInt(Integer::intValue).toArray();
        cache.branch(to, from);
        int[] positions = Arrays.stream(from).map(parent -> next[parent]).toArray();
        for (int i = 0; i < to.length; i++) {
            next[to[i]] = positions[i];
        }
        return read(numbers, tokens.stream().mapToInt(Integer::intValue).toArray());
    }

    private float[][] read(List<Integer> still, int... read) {
        int[] positions = still.stream().mapToInt(i -> next[i]++).toArray();
        active = still;
        cache.select(still.stream().mapToInt(Integer::intValue).toArray());
        try (Tape tape = new Tape(compute, false)) {
            HookedPass pass =
                    new HookedPass(tape, Streams.next(read, positions), RowPasses.routes(still, adapters), cache);
            return logits(tape, pass, transformer.last().apply(pass, null));
        }
    }

    private float[][] logits(Tape tape, HookedPass pass, Var hidden) {
        Sequences places = pass.sequences();
        int[] last = new int[places.count()];
        int[] ones = new int[last.length];
        Arrays.fill(ones, 1);
        for (int i = 0; i < last.length; i++) {
            last[i] = places.start(i) + places.length(i) - 1;
        }
        Var found = new Vocabulary(transformer.language(), pass).logits(hidden.gather(last), Sequences.packed(ones));
        List<float[]> logits = new ArrayList<>();
        for (int i = 0; i < last.length; i++) {
            logits.add(tape.value(found).rows(i, i + 1).toArray());
        }
        return logits.toArray(float[][]::new);
    }

    @Override
    public void close() {
        cache.close();
    }
}
