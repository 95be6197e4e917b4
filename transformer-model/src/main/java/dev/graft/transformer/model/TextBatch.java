package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Sequences;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.architecture.Transformer;
import dev.graft.transformer.model.overlay.HookedPass;
import dev.graft.transformer.model.overlay.KeyValueCache;
import dev.graft.transformer.model.overlay.Streams;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts that are continued together, where texts join and leave between tokens. Each is the text that it would be
 * alone, whatever the others are. It belongs to one thread.
 */
public final class TextBatch implements AutoCloseable {
    /** Rows of keys and values that a text has memory for from the start; all grow where one is longer. */
    private static final int ROOM = 128;

    private final BaseModel base;
    private final Workers workers;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final List<BatchedText> joining = new ArrayList<>();
    private final List<BatchedText> going = new ArrayList<>();
    private final int most;
    private KeyValueCache cache;

    /**
     * An empty batch.
     *
     * @param most texts at a time
     * @throws IllegalArgumentException if the base predicts no tokens
     */
    public TextBatch(BaseModel base, Workers workers, int most) {
        if (!base.config().generates()) {
            throw new IllegalArgumentException(
                    "a base of the family " + base.config().modelType() + " predicts no tokens");
        }
        this.base = base;
        this.workers = workers;
        this.most = most;
        for (int i = 0; i < most; i++) {
            free.add(i);
        }
    }

    /** Texts that go on. */
    public int size() {
        return joining.size() + going.size();
    }

    /** True if another may join. */
    public boolean hasRoom() {
        return size() < most;
    }

    /**
     * A text joins; its first token comes with the next step.
     *
     * @param adapter or null for the bare base; stays open until the text has ended
     * @param listener hears of its pieces, on the thread that steps
     * @throws SettingsException if prompt and new tokens are longer than the base has positions, or a setting is wrong
     * @throws IllegalStateException if there is no room
     */
    public BatchedText add(
            int[] prompt,
            Adapter adapter,
            Generator.Options options,
            List<String> stops,
            TextGenerator.Listener listener) {
        if (!hasRoom()) {
            throw new IllegalStateException("the batch has its " + most + " texts");
        }
        Generator.checkLength(base, prompt, adapter, options.maxNewTokens());
        BatchedText text = new BatchedText(base, prompt, adapter, options, stops, listener);
        joining.add(text);
        return text;
    }

    /** A text leaves without an end. */
    public void remove(BatchedText text) {
        joining.remove(text);
        if (going.remove(text)) {
            release(text);
        }
    }

    /** Each text gets a token. Returns those that ended with it; they have left. */
    public List<BatchedText> step() {
        if (size() == 0) {
            return List.of();
        }
        return workers.runWide(this::step);
    }

    private List<BatchedText> step(Compute compute) {
        if (cache == null) {
            cache = new KeyValueCache(most, ROOM);
        }
        List<BatchedText> known = List.copyOf(going);
        List<BatchedText> ended = new ArrayList<>();
        if (!known.isEmpty()) {
            ended.addAll(choose(known, next(compute, known)));
        }
        if (!joining.isEmpty()) {
            List<BatchedText> fresh = List.copyOf(joining);
            fresh.forEach(text -> text.place(free.remove()));
            joining.clear();
            going.addAll(fresh);
            byAdapter(going);
            List<BatchedText> ordered = new ArrayList<>(fresh);
            byAdapter(ordered);
            ended.addAll(choose(ordered, first(compute, ordered)));
        }
        ended.forEach(text -> {
            going.remove(text);
            release(text);
        });
        return ended;
    }

    private void release(BatchedText text) {
        cache.clear(text.place());
        free.add(text.place());
        if (going.isEmpty()) {
            cache.close(); // the memory of the longest text is not kept for short ones
            cache = null;
        }
    }

    private static List<BatchedText> choose(List<BatchedText> texts, float[][] logits) {
        List<BatchedText> ended = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            if (texts.get(i).choose(logits[i])) {
                ended.add(texts.get(i));
            }
        }
        return ended;
    }

    /** Neighbours share an adapter, so that it acts on them at once. */
    private static void byAdapter(List<BatchedText> texts) {
        Map<Adapter, Integer> order = new IdentityHashMap<>();
        texts.forEach(text -> order.putIfAbsent(text.adapter(), order.size()));
        texts.sort(Comparator.comparingInt(text -> order.get(text.adapter())));
    }

    private float[][] first(Compute compute, List<BatchedText> texts) {
        List<TokenRow> rows = texts.stream().map(BatchedText::row).toList();
        cache.select(places(texts));
        cache.markFilling();
        try (Tape tape = new Tape(compute, false)) {
            HookedPass pass = pass(tape, Streams.of(rows), texts);
            float[][] logits = logits(tape, pass, base.transformer().hidden(pass));
            for (int i = 0; i < texts.size(); i++) {
                texts.get(i).position(pass.next(i));
            }
            return logits;
        } finally {
            cache.markFilled();
        }
    }

    private float[][] next(Compute compute, List<BatchedText> texts) {
        int[] tokens = texts.stream().mapToInt(BatchedText::last).toArray();
        int[] positions = texts.stream().mapToInt(BatchedText::advance).toArray();
        cache.select(places(texts));
        try (Tape tape = new Tape(compute, false)) {
            HookedPass pass = pass(tape, Streams.next(tokens, positions), texts);
            return logits(tape, pass, base.transformer().last().apply(pass, null));
        }
    }

    private static int[] places(List<BatchedText> texts) {
        return texts.stream().mapToInt(BatchedText::place).toArray();
    }

    private HookedPass pass(Tape tape, Streams streams, List<BatchedText> texts) {
        List<Integer> numbers = new ArrayList<>();
        List<Adapter> adapters = new ArrayList<>();
        for (BatchedText text : texts) {
            numbers.add(adapters.size());
            adapters.add(text.adapter());
        }
        return new HookedPass(tape, streams, RowPasses.routes(numbers, adapters), cache);
    }

    /** Logits of the token after each text, [texts][vocabulary]. */
    private float[][] logits(Tape tape, HookedPass pass, Var hidden) {
        Transformer transformer = base.transformer();
        Sequences places = pass.sequences();
        int[] last = new int[places.count()];
        int[] ones = new int[last.length];
        Arrays.fill(ones, 1);
        for (int i = 0; i < last.length; i++) {
            last[i] = places.start(i) + places.length(i) - 1;
        }
        Var found = new Vocabulary(transformer.language(), pass).logits(hidden.gather(last), Sequences.packed(ones));
        float[][] logits = new float[last.length][];
        for (int i = 0; i < last.length; i++) {
            logits[i] = tape.value(found).rows(i, i + 1).toArray(); // [vocabulary]
        }
        return logits;
    }

    /** Gives the memory of keys and values back. */
    @Override
    public void close() {
        if (cache != null) {
            cache.close();
            cache = null;
        }
        joining.clear();
        going.clear();
    }
}
