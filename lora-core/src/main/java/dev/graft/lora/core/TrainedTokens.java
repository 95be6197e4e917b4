package dev.graft.lora.core;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of the table of words that are trained themselves, as Hugging Face PEFT has it. Where the table is the output
 * projection too, or that of two stacks, the tokens are trained once for all of them.
 *
 * @param places where rows are trained
 */
record TrainedTokens(Map<Site, Place> places) {
    private static final String KEY = "trainable_token_indices";
    private static final String DELTA = "trainable_tokens_delta";
    private static final String ROOT = "base_model.model.";

    /**
     * What is trained at a site.
     *
     * @param tokens whose rows
     * @param module path of the module that the tensor belongs to: another's where they are one
     */
    record Place(int[] tokens, String module) {}

    /** Reads LoRA's setting: tokens, or tokens by the name of a module. */
    static TrainedTokens read(Settings settings, ModelShape model) {
        settings.known(KEY);
        if (!settings.has(KEY)) {
            return new TrainedTokens(Map.of());
        }
        WordTables tables = new WordTables(model);
        Map<Site, int[]> chosen = new LinkedHashMap<>();
        if (settings.any(KEY, null) instanceof Map<?, ?> named) {
            named.forEach((module, tokens) -> tables.named(settings, KEY, module.toString())
                    .forEach(site -> chosen.put(site, tokens(settings, KEY, tokens, model.vocabularySize()))));
        } else {
            int[] tokens = tokens(settings, KEY, settings.any(KEY, null), model.vocabularySize());
            tables.words(settings, KEY).forEach(site -> chosen.put(site, tokens));
        }
        return of(tables, chosen);
    }

    /** Tokens at tables of words and output projections, and at those that are one with them. */
    static TrainedTokens of(WordTables tables, Map<Site, int[]> chosen) {
        Map<Site, Place> places = new LinkedHashMap<>();
        chosen.forEach((site, tokens) -> places.put(site, new Place(tokens, tables.module(site))));
        tables.tiedHead().ifPresent(head -> {
            int[] tokens = chosen.get(tables.first());
            if (tokens != null && (!chosen.containsKey(head) || Arrays.equals(chosen.get(head), tokens))) {
                places.put(head, new Place(tokens, tables.module(tables.first())));
            }
        });
        return new TrainedTokens(places);
    }

    /** Different tokens of the vocabulary, at least one. */
    static int[] tokens(Settings settings, String key, Object value, int vocabulary) {
        List<?> list = value instanceof List<?> given ? given : List.of();
        int[] tokens = list.stream()
                .filter(Number.class::isInstance)
                .mapToInt(token -> ((Number) token).intValue())
                .filter(token -> token >= 0 && token < vocabulary)
                .distinct()
                .toArray();
        if (tokens.length == 0 || tokens.length < list.size()) {
            throw settings.wrong(key, value, "different tokens from 0 to " + (vocabulary - 1));
        }
        return tokens;
    }

    /** What is done at a site as a part of LoRA; {@link Hook#NONE} where nothing is. */
    Hook at(Site site, Parameters parameters) {
        return at(site, parameters, "token_adapter.", null, false);
    }

    /**
     * What is done at a site; {@link Hook#NONE} where nothing is.
     *
     * @param prefix of the tensor's name, below the module
     * @param init first values; null for the base's own
     * @param everywhere true to store the tensor at each module that uses it
     */
    Hook at(Site site, Parameters parameters, String prefix, Init init, boolean everywhere) {
        Place place = places.get(site);
        if (place == null) {
            return Hook.NONE;
        }
        int[] tokens = place.tokens();
        long[] shape = {tokens.length, site.weight().orElseThrow().shape()[1]};
        Init rows = (start, values) ->
                System.arraycopy(site.weight().orElseThrow().rows(tokens), 0, values, 0, values.length);
        String name = ROOT + place.module() + "." + prefix;
        Parameters shared = parameters.shared();
        Parameter trained = shared.trainable(name + DELTA, init == null ? rows : init, shape);
        if (everywhere && !place.module().equals(site.path())) {
            parameters.copy(prefix + DELTA, trained);
        }
        Parameter frozen = shared.frozenRandom(name + "trainable_tokens_original", rows, 0, shape);
        return site.slot() == Slot.HEAD
                ? new TokenLogits(tokens, trained, frozen, site.outputSize())
                : new TokenRows(tokens, trained, frozen);
    }
}
