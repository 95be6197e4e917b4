package dev.graft.lora.core;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Training of some tokens' rows in the table of words, and nothing else: Hugging Face PEFT's TRAINABLE_TOKENS. Where the
 * table is the output projection too, the tokens' logits follow. Without {@code token_indices} all rows are trained.
 *
 * <p>Stored as PEFT does: trainable_tokens_delta, [tokens, width], the rows themselves.
 */
public final class TrainableTokensMethod implements PeftMethod {
    private static final String KEY = "token_indices";

    @Override
    public String id() {
        return "trainable-tokens";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        WordTables tables = new WordTables(model);
        List<Integer> all = IntStream.range(0, model.vocabularySize()).boxed().toList();
        int[] tokens = TrainedTokens.tokens(settings, KEY, settings.any(KEY, all), model.vocabularySize());
        Map<Site, int[]> chosen = new LinkedHashMap<>();
        tables.targets(settings).forEach(site -> chosen.put(site, tokens));
        TrainedTokens trained = TrainedTokens.of(tables, chosen);
        boolean base = settings.flag("init_weights", true);
        return new Placed(trained, base);
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /**
     * The hooks of one adapter.
     *
     * @param startsAsBase true to start with the base's rows, false with random ones
     */
    private record Placed(TrainedTokens tokens, boolean startsAsBase) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            return tokens.at(site, parameters, "", startsAsBase ? null : Init.normal(1), true);
        }
    }
}
