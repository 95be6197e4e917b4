package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Continues texts token by token with any mix of adapters. Keys and values of earlier tokens are kept, so that each step
 * computes one token a text; texts that end leave the batch. Safe for use by several threads.
 */
public final class Generator {
    private final BaseModel base;
    private final Workers workers;

    /**
     * A generator over a base.
     *
     * @throws IllegalArgumentException if the base predicts no tokens
     */
    public Generator(BaseModel base, Workers workers) {
        if (!base.config().generates()) {
            throw new IllegalArgumentException(
                    "a base of the family " + base.config().modelType() + " predicts no tokens");
        }
        this.base = base;
        this.workers = workers;
    }

    /**
     * How texts go on.
     *
     * @param maxNewTokens most tokens of a continuation
     * @param sampling how each token is chosen
     * @param stops true to end a text at an end token, which is its last one
     */
    public record Options(int maxNewTokens, Sampling sampling, boolean stops) {
        /** Checks the range. */
        public Options {
            if (maxNewTokens < 1) {
                throw new SettingsException("--max-new-tokens is " + maxNewTokens + "; allowed: 1 or more");
            }
        }

        /** The most probable token each time, up to an end token. */
        public static Options greedy(int maxNewTokens) {
            return new Options(maxNewTokens, Sampling.GREEDY, true);
        }

        /** The most probable token each time, whatever it is. */
        public static Options endless(int maxNewTokens) {
            return new Options(maxNewTokens, Sampling.GREEDY, false);
        }
    }

    /** Hears of each token as it is chosen, on the thread that generates. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A token was chosen.
         *
         * @param text number of the prompt
         * @param token its id
         * @param logits of all tokens at this place, [vocabulary]; not to be changed, and valid during the call only
         * @return false to end this text here
         */
        boolean token(int text, int token, float[] logits);
    }

    /** Continues prompts, each with its adapter or null for the bare base; returns the new tokens of each. */
    public List<int[]> generate(List<int[]> prompts, List<Adapter> adapters, Options options) {
        return generate(prompts, adapters, options, (text, token, logits) -> true);
    }

    /**
     * Continues prompts.
     *
     * @throws SettingsException if a prompt with its new tokens is longer than the base has positions
     */
    public List<int[]> generate(List<int[]> prompts, List<Adapter> adapters, Options options, Listener listener) {
        if (prompts.isEmpty()) {
            return List.of();
        }
        check(prompts, adapters, options.maxNewTokens());
        List<Integer> numbers = byAdapter(prompts, adapters);
        return workers.runWide(compute -> run(compute, numbers, prompts, adapters, options, listener));
    }

    /**
     * Searches for the most probable continuations instead of taking the most probable token each time.
     *
     * @param maxNewTokens most tokens of a continuation
     * @return the new tokens of each, an end token included
     * @throws SettingsException if a prompt with its new tokens is longer than the base has positions
     */
    public List<int[]> search(List<int[]> prompts, List<Adapter> adapters, int maxNewTokens, BeamOptions beams) {
        if (prompts.isEmpty()) {
            return List.of();
        }
        Options.greedy(maxNewTokens); // checks the number
        check(prompts, adapters, maxNewTokens);
        List<Integer> numbers = byAdapter(prompts, adapters);
        List<TokenRow> rows = numbers.stream().map(prompts::get).map(this::row).toList();
        List<Adapter> sorted = numbers.stream().map(adapters::get).collect(ArrayList::new, List::add, List::addAll);
        BeamGenerator generator = new BeamGenerator(base, beams, maxNewTokens);
        return inOrder(workers.runWide(compute -> generator.run(compute, rows, sorted)), numbers);
    }

    private static List<Integer> byAdapter(List<int[]> prompts, List<Adapter> adapters) {
        Map<Adapter, Integer> order = new HashMap<>();
        adapters.forEach(adapter -> order.putIfAbsent(adapter, order.size()));
        return IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(i -> order.get(adapters.get(i)))
                        .thenComparingInt(i -> prompts.get(i).length))
                .toList();
    }

    private void check(List<int[]> prompts, List<Adapter> adapters, int added) {
        for (int i = 0; i < prompts.size(); i++) {
            checkLength(base, prompts.get(i), adapters.get(i), added);
        }
    }

    /** Refuses a prompt that does not fit the base's positions together with what is to follow. */
    static void checkLength(BaseModel base, int[] prompt, Adapter adapter, int added) {
        int most = base.config().mostGenerated();
        boolean two = base.config().encoderDecoder();
        int taken = adapter == null ? 0 : adapter.positions();
        int length = taken + (two ? Math.max(prompt.length, added) : prompt.length + added - 1);
        if (length > most) {
            throw new SettingsException("a prompt of " + prompt.length + " tokens and " + added
                    + " new ones do not fit this base's " + most + " positions"
                    + (taken == 0 ? "" : ", of which the adapter's rows take " + taken)
                    + "; shorten the prompt or lower --max-new-tokens");
        }
    }

    private List<int[]> run(
            Compute compute,
            List<Integer> numbers,
            List<int[]> prompts,
            List<Adapter> adapters,
            Options options,
            Listener listener) {
        GenerationConfig generation = base.generation();
        List<TokenRow> rows = numbers.stream().map(prompts::get).map(this::row).toList();
        List<Adapter> sorted = numbers.stream().map(adapters::get).collect(ArrayList::new, List::add, List::addAll);
        List<GrowingText> texts = rows.stream()
                .map(row -> new GrowingText(row.last(), options.maxNewTokens()))
                .toList();
        try (Decoding decoding = new Decoding(base, compute, rows, sorted, options.maxNewTokens(), 1)) {
            Sampler sampler = new Sampler(options.sampling());
            TokenRules rules = new TokenRules(generation, options.maxNewTokens());
            float[][] logits = decoding.first();
            int[] chosen = new int[decoding.count()];
            int[] going = new int[decoding.count()];
            while (true) {
                int count = 0;
                for (int i = 0; i < decoding.count(); i++) {
                    int number = numbers.get(decoding.active(i));
                    GrowingText text = texts.get(decoding.active(i));
                    chosen[i] = text.choose(sampler, rules, logits[i], number);
                    text.add(chosen[i]);
                    boolean goesOn = listener.token(number, chosen[i], logits[i]);
                    boolean ended = options.stops() && generation.endTokens().contains(chosen[i]);
                    if (goesOn && !ended && text.size() < options.maxNewTokens()) {
                        going[count++] = i;
                    }
                }
                if (count == 0) {
                    break;
                }
                logits = decoding.next(chosen, going, count);
            }
        }
        return inOrder(texts.stream().map(GrowingText::added).toList(), numbers);
    }

    private TokenRow row(int[] prompt) {
        return row(base, prompt);
    }

    /** What the model reads first. */
    static TokenRow row(BaseModel base, int[] prompt) {
        int[] start = base.config().encoderDecoder() ? new int[] {base.config().startToken()} : null;
        return new TokenRow(prompt, new int[prompt.length], start, null);
    }

    private static List<int[]> inOrder(List<int[]> texts, List<Integer> numbers) {
        List<int[]> found = new ArrayList<>(Collections.nCopies(numbers.size(), null));
        for (int i = 0; i < numbers.size(); i++) {
            found.set(numbers.get(i), texts.get(i));
        }
        return found;
    }
}
