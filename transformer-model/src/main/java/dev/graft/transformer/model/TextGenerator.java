package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;
import java.util.ArrayList;
import java.util.List;

/** Continues texts as texts: given out piece by piece, and ended by stop strings. Safe for use by several threads. */
public final class TextGenerator {
    private final BaseModel base;
    private final Generator generator;

    /**
     * A generator over a base with a tokenizer.
     *
     * @throws IllegalArgumentException if the base predicts no tokens
     */
    public TextGenerator(BaseModel base, Workers workers) {
        this.base = base;
        this.generator = new Generator(base, workers);
    }

    /** Hears of text as it is written, on the thread that generates. */
    @FunctionalInterface
    public interface Listener {
        /**
         * More text is certain.
         *
         * @param text number of the prompt
         * @param piece whole characters; all pieces together are the text
         */
        void piece(int text, String piece);
    }

    /**
     * Continues prompts, each with its adapter or null for the bare base.
     *
     * @param stops strings that end a text and are no part of it
     * @throws SettingsException if a prompt with its new tokens is longer than the base has positions, or a stop string
     *     is empty
     */
    public List<Generated> generate(
            List<int[]> prompts,
            List<Adapter> adapters,
            Generator.Options options,
            List<String> stops,
            Listener listener) {
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new SettingsException("--stop is empty; give the text that ends a continuation");
        }
        List<WrittenText> writings = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            writings.add(new WrittenText(base, i, prompts.get(i), stops, listener));
        }
        List<int[]> tokens = generator.generate(
                prompts,
                adapters,
                options,
                (text, token, logits) -> writings.get(text).add(token));
        List<Generated> found = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            found.add(writings.get(i).end(tokens.get(i), options));
        }
        return found;
    }

    /** The most probable continuations that beams find; see {@link Generator#search}. */
    public List<Generated> search(List<int[]> prompts, List<Adapter> adapters, int maxNewTokens, BeamOptions beams) {
        List<int[]> tokens = generator.search(prompts, adapters, maxNewTokens, beams);
        List<Generated> found = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            WrittenText writing = new WrittenText(base, i, prompts.get(i), List.of(), (text, piece) -> {});
            for (int token : tokens.get(i)) {
                writing.add(token);
            }
            found.add(writing.end(tokens.get(i), Generator.Options.greedy(maxNewTokens)));
        }
        return found;
    }
}
