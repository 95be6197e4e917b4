package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.List;

/** One text of a {@link TextBatch}. */
public final class BatchedText {
    private final GenerationConfig generation;
    private final Adapter adapter;
    private final Generator.Options options;
    private final TokenRow row;
    private final GrowingText tokens;
    private final Sampler sampler;
    private final TokenRules rules;
    private final WrittenText text;
    private int place = -1;
    private int position;
    private int last;

    BatchedText(
            BaseModel base,
            int[] prompt,
            Adapter adapter,
            Generator.Options options,
            List<String> stops,
            TextGenerator.Listener listener) {
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new SettingsException("a stop string is empty; give the text that ends a continuation");
        }
        this.generation = base.generation();
        this.adapter = adapter;
        this.options = options;
        this.row = Generator.row(base, prompt);
        this.tokens = new GrowingText(row.last(), options.maxNewTokens());
        this.sampler = new Sampler(options.sampling());
        this.rules = new TokenRules(generation, options.maxNewTokens());
        this.text = new WrittenText(base, 0, prompt, stops, listener);
    }

    /** What it was so far, or is at its end. */
    public Generated generated() {
        return text.end(tokens.added(), options);
    }

    Adapter adapter() {
        return adapter;
    }

    TokenRow row() {
        return row;
    }

    int place() {
        return place;
    }

    void place(int where) {
        place = where;
    }

    void position(int next) {
        position = next;
    }

    int advance() {
        return position++;
    }

    int last() {
        return last;
    }

    /** Adds the next token; true if the text ends with it. */
    boolean choose(float[] logits) {
        last = tokens.choose(sampler, rules, logits, 0);
        tokens.add(last);
        boolean goesOn = text.add(last);
        boolean ended = options.stops() && generation.endTokens().contains(last);
        return !goesOn || ended || tokens.size() == options.maxNewTokens();
    }
}
