package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Attention;
import dev.graft.autograd.AttentionBias;
import dev.graft.autograd.AttentionShape;
import dev.graft.autograd.CachedAttention;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.Elementwise;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.Site;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Keys and values of sequences that are generated, so that a pass computes those of new tokens alone. The first pass
 * fills it, with the rows that hooks put in front; later ones add to it. It belongs to one thread.
 */
public final class KeyValueCache implements AutoCloseable {
    private final Map<Site, Entry> entries = new HashMap<>();
    private final Elementwise elementwise = new Elementwise();
    private final int sequences;
    private final int room;
    /** Where the rows of each sequence lie: beams that are dropped leave their place to others. */
    private final int[] places;

    private int[] slots;
    private boolean filled;

    /**
     * An empty cache.
     *
     * @param sequences most sequences
     * @param room rows of each that have memory from the start; it grows where they are more
     */
    public KeyValueCache(int sequences, int room) {
        this.sequences = sequences;
        this.room = rounded(room);
        this.places = IntStream.range(0, sequences).toArray();
        this.slots = places.clone();
    }

    /** Attention reads rows in steps. */
    private static int rounded(int rows) {
        int step = CachedAttention.STEP;
        return (Math.max(1, rows) + step - 1) / step * step;
    }

    /** The next pass reads these sequences, by their numbers in the first pass, in this order. */
    public void select(int... numbers) {
        if (slots.length != numbers.length) {
            slots = new int[numbers.length];
        }
        for (int i = 0; i < numbers.length; i++) {
            slots[i] = places[numbers[i]];
        }
    }

    /**
     * Sequences become continuations of others, or of themselves: what was kept of the others is theirs from now on.
     *
     * @param numbers all sequences that go on
     * @param parents for each of them whom it continues; nobody else may be needed any more
     */
    public void branch(int[] numbers, int[] parents) {
        int[] before = places.clone();
        boolean[] taken = new boolean[sequences];
        boolean[] moved = new boolean[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            int place = before[parents[i]];
            moved[i] = !taken[place];
            if (moved[i]) {
                taken[place] = true;
                places[numbers[i]] = place;
            }
        }
        int free = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (!moved[i]) {
                while (taken[free]) {
                    free++;
                }
                taken[free] = true;
                places[numbers[i]] = free;
                for (Entry entry : entries.values()) {
                    entry.copy(before[parents[i]], free);
                }
            }
        }
    }

    /** Forgets what was kept of a sequence; another may take its number. */
    public void clear(int number) {
        entries.values().forEach(entry -> entry.lengths[places[number]] = 0);
    }

    /** The next pass is the first of the sequences that it reads. */
    public void markFilling() {
        filled = false;
    }

    /** The first pass is over. */
    public void markFilled() {
        filled = true;
    }

    /** True after the first pass. */
    public boolean isFilled() {
        return filled;
    }

    /** Adds rows [rows, width] of keys and values to a sequence of the pass. */
    void add(Site site, int sequence, Tensor keys, Tensor values) {
        int width = (int) keys.size(1);
        entries.computeIfAbsent(site, s -> new Entry(width, room)).add(slots[sequence], keys, values);
    }

    /**
     * Where the keys of the pass's sequences lie in {@link #keys}.
     *
     * @param window the last so many of each, or 0 for all
     */
    Sequences places(Site site, int window) {
        Entry entry = entries.get(site);
        int[] starts = new int[slots.length];
        int[] lengths = new int[slots.length];
        for (int i = 0; i < slots.length; i++) {
            int hidden = window == 0 ? 0 : Math.max(0, entry.lengths[slots[i]] - window);
            starts[i] = slots[i] * entry.capacity + hidden;
            lengths[i] = entry.lengths[slots[i]] - hidden;
        }
        return Sequences.at(starts, lengths);
    }

    /** All keys of a site, [sequences * capacity, key-value heads * head size]. */
    Var keys(Tape tape, Site site) {
        return tape.constant(entries.get(site).tensor(entries.get(site).keys));
    }

    /** All values of a site, like the keys. */
    Var values(Tape tape, Site site) {
        return tape.constant(entries.get(site).tensor(entries.get(site).values));
    }

    /**
     * Attention of the pass's new tokens over what is kept.
     *
     * @param queries where the sequences lie in q
     * @param places where their keys lie
     * @param bias of the scores, or null
     */
    Var attention(
            Tape tape,
            Site site,
            Var q,
            AttentionShape shape,
            Sequences queries,
            Sequences places,
            AttentionBias bias) {
        Var keys = keys(tape, site);
        Var values = values(tape, site);
        return bias == null
                ? CachedAttention.apply(q, keys, values, shape, queries, places, entries.get(site).capacity)
                : Attention.apply(q, keys, values, shape, queries, places, null, bias, 0, null);
    }

    /** Bytes of all keys and values. */
    public long bytes() {
        return entries.values().stream()
                .mapToLong(entry -> 2L * Float.BYTES * entry.keys.floats())
                .sum();
    }

    @Override
    public void close() {
        entries.values().forEach(Entry::close);
        entries.clear();
    }

    /** What is kept of one site: [sequences, capacity, width] keys and values. */
    private final class Entry {
        private final int width;
        private final int[] lengths = new int[sequences];
        private int capacity;
        private Storage keys;
        private Storage values;

        Entry(int width, int capacity) {
            this.width = width;
            this.capacity = capacity;
            this.keys = zeros(capacity);
            this.values = zeros(capacity);
        }

        /** Rows that are not there yet are read and count nothing: they must be numbers. */
        private Storage zeros(int rows) {
            Storage storage = Storage.allocate((long) sequences * rows * width);
            Tiles.fill(Tensor.over(storage, 0, storage.floats()), 0f);
            return storage;
        }

        Tensor tensor(Storage storage) {
            return Tensor.over(storage, 0, (long) sequences * capacity, width);
        }

        void add(int slot, Tensor newKeys, Tensor newValues) {
            int rows = (int) newKeys.size(0);
            int length = lengths[slot];
            if (length + rows > capacity) {
                grow(rounded(Math.max(length + rows, 2 * capacity)));
            }
            int from = slot * capacity + length;
            elementwise.copy(newKeys, tensor(keys).rows(from, from + rows));
            elementwise.copy(newValues, tensor(values).rows(from, from + rows));
            lengths[slot] = length + rows;
        }

        void copy(int from, int to) {
            lengths[to] = lengths[from];
            if (lengths[from] > 0) {
                for (Storage storage : new Storage[] {keys, values}) {
                    Tensor all = tensor(storage);
                    elementwise.copy(rows(all, from), rows(all, to));
                }
            }
        }

        private Tensor rows(Tensor all, int slot) {
            return all.rows((long) slot * capacity, (long) slot * capacity + lengths[slot]);
        }

        private void grow(int newCapacity) {
            keys = moved(keys, newCapacity);
            values = moved(values, newCapacity);
            capacity = newCapacity;
        }

        private Storage moved(Storage old, int newCapacity) {
            Storage bigger = zeros(newCapacity);
            Tensor to = Tensor.over(bigger, 0, (long) sequences * newCapacity, width);
            for (int s = 0; s < sequences; s++) {
                if (lengths[s] > 0) {
                    elementwise.copy(
                            tensor(old).rows((long) s * capacity, (long) s * capacity + lengths[s]),
                            to.rows((long) s * newCapacity, (long) s * newCapacity + lengths[s]));
                }
            }
            old.close();
            return bigger;
        }

        void close() {
            keys.close();
            values.close();
        }
    }
}
