package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.memory.Tensor;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.KeyValueCache;
import dev.graft.transformer.model.overlay.Route;
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
    private int[] active;
    private final int[] next;
    /** For the i-th text that goes on; the same memory at every step. */
    private final float[][] logits;

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
        this.logits = new float[rows.size() * width][];
        this.active = IntStream.range(0, rows.size()).map(row -> row * width).toArray();
        int longest = rows.stream().mapToInt(row -> row.last().length).max().orElse(0);
        this.cache = new KeyValueCache(rows.size() * width, longest + room);
    }

    /** Numbers of the texts that go on, in the order of the logits. */
    List<Integer> active() {
        return Arrays.stream(active).boxed().toList();
    }

    /** How many texts go on. */
    int count() {
        return active.length;
    }

    /** Number of the i-th text that goes on. */
    int active(int i) {
        return active[i];
    }

    /** Reads all prompts and returns the logits of their next tokens, [texts][vocabulary]; valid until the next ones. */
    float[][] first() {
        cache.select(active);
        try (Tape tape = new Tape(compute, false)) {
            HookedPass pass = new HookedPass(tape, Streams.of(rows), RowPasses.routes(active(), adapters), cache);
            logits(tape, pass, transformer.hidden(pass));
            for (int i = 0; i < rows.size(); i++) {
                next[i * width] = pass.next(i);
            }
            cache.markFilled();
        }
        return logits;
    }

    /**
     * Reads one more token of each text that goes on.
     *
     * @param tokens chosen for the active texts
     * @param going places among the active texts of those that go on
     * @param count how many of these there are
     */
    float[][] next(int[] tokens, int[] going, int count) {
        int[] still = count == active.length ? active : new int[count];
        int[] read = count == tokens.length ? tokens : new int[count];
        for (int i = 0; i < count; i++) {
            still[i] = active[going[i]];
            read[i] = tokens[going[i]];
        }
        return read(still, read);
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
        return read(to, tokens.stream().mapToInt(Integer::intValue).toArray());
    }

    private float[][] read(int[] still, int... read) {
        int[] positions = new int[still.length];
        for (int i = 0; i < still.length; i++) {
            positions[i] = next[still[i]]++;
        }
        active = still;
        cache.select(still);
        try (Tape tape = new Tape(compute, false)) {
            List<Route> routes = RowPasses.routes(active(), adapters);
            HookedPass pass = new HookedPass(tape, Streams.next(read, positions), routes, cache);
            logits(tape, pass, transformer.last().apply(pass, null));
        }
        return logits;
    }

    private void logits(Tape tape, HookedPass pass, Var hidden) {
        Sequences places = pass.sequences();
        int[] last = new int[places.count()];
        int[] ones = new int[last.length];
        Arrays.fill(ones, 1);
        for (int i = 0; i < last.length; i++) {
            last[i] = places.start(i) + places.length(i) - 1;
        }
        Var found = new Vocabulary(transformer.language(), pass).logits(hidden.gather(last), Sequences.packed(ones));
        Tensor values = tape.value(found);
        int vocabulary = (int) values.size(1);
        for (int i = 0; i < last.length; i++) {
            if (logits[i] == null) {
                logits[i] = new float[vocabulary];
            }
            values.buffer().get(values.offset() + i * (int) values.stride(0), logits[i], 0, vocabulary);
        }
    }

    @Override
    public void close() {
        cache.close();
    }
}
