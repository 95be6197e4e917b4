package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
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
 * Rows of the table of words that are trained themselves, the setting {@code trainable_token_indices} of Hugging Face PEFT:
 * tokens, or tokens by the name of a module. Where the table is the output projection too, the tokens' logits follow.
 *
 * @param tables the sites whose rows are trained, with the tokens
 * @param heads the output projections that follow a table, with its site
 */
record TrainedTokens(Map<Site, int[]> tables, Map<Site, Site> heads) {
    private static final String KEY = "trainable_token_indices";
    private static final String NAME = "token_adapter.trainable_tokens_delta";

    static TrainedTokens read(Settings settings, ModelShape model) {
        settings.known(KEY);
        Map<Site, int[]> tables = new LinkedHashMap<>();
        Map<Site, Site> heads = new LinkedHashMap<>();
        if (!settings.has(KEY)) {
            return new TrainedTokens(tables, heads);
        }
        List<Site> words =
                model.sites().stream().filter(site -> site.slot() == Slot.WORDS).toList();
        if (words.size() > 1) {
            throw settings.wrong(KEY, settings.any(KEY, null), "nothing in a model of two stacks");
        }
        if (settings.any(KEY, null) instanceof Map<?, ?> named) {
            named.forEach((module, tokens) -> tables.put(
                    table(settings, module.toString(), model), tokens(settings, tokens, model.vocabularySize())));
        } else {
            tables.put(words.get(0), tokens(settings, settings.any(KEY, null), model.vocabularySize()));
        }
        for (Site site : model.sites()) {
            boolean tied = site.slot() == Slot.HEAD && isTied(site, words.get(0)) && tables.containsKey(words.get(0));
            if (tied && (!tables.containsKey(site) || Arrays.equals(tables.get(site), tables.get(words.get(0))))) {
                tables.remove(site);
                heads.put(site, words.get(0));
            }
        }
        return new TrainedTokens(tables, heads);
    }

    private static boolean isTied(Site head, Site words) {
        return head.weight()
                .orElseThrow()
                .name()
                .equals(words.weight().orElseThrow().name());
    }

    /** PEFT takes the modules whose paths end with the letters of the name. */
    private static Site table(Settings settings, String module, ModelShape model) {
        return model.sites().stream()
                .filter(site -> site.slot() == Slot.WORDS || site.slot() == Slot.HEAD)
                .filter(site -> site.path().endsWith(module))
                .findFirst()
                .orElseThrow(() ->
                        settings.wrong(KEY, module, "the name of the table of words or of the output projection"));
    }

    private static int[] tokens(Settings settings, Object value, int vocabulary) {
        List<?> list = value instanceof List<?> given ? given : List.of();
        int[] tokens = list.stream()
                .filter(Number.class::isInstance)
                .mapToInt(token -> ((Number) token).intValue())
                .filter(token -> token >= 0 && token < vocabulary)
                .distinct()
                .toArray();
        if (tokens.length == 0 || tokens.length < list.size()) {
            throw settings.wrong(KEY, value, "different tokens from 0 to " + (vocabulary - 1));
        }
        return tokens;
    }

    /** What is done at a site; {@link Hook#NONE} where nothing is. */
    Hook at(Site site, Parameters parameters) {
        if (heads.containsKey(site)) {
            Site table = heads.get(site);
            return head(site, tables.get(table), parameters.shared(), "base_model.model." + table.path() + ".");
        }
        int[] tokens = tables.get(site);
        if (tokens == null) {
            return Hook.NONE;
        }
        return site.slot() == Slot.HEAD
                ? head(site, tokens, parameters, "")
                : new Rows(tokens, delta(site, tokens, parameters, ""), original(site, tokens, parameters, ""));
    }

    private static Hook head(Site site, int[] tokens, Parameters parameters, String prefix) {
        Parameter frozen = original(site, tokens, parameters, prefix);
        return new Logits(tokens, delta(site, tokens, parameters, prefix), frozen, site.outputSize());
    }

    private static Parameter original(Site site, int[] tokens, Parameters parameters, String prefix) {
        return parameters.frozenRandom(
                prefix + "token_adapter.trainable_tokens_original", rows(site, tokens), 0, shape(site, tokens));
    }

    private static Parameter delta(Site site, int[] tokens, Parameters parameters, String prefix) {
        return parameters.trainable(prefix + NAME, rows(site, tokens), shape(site, tokens));
    }

    private static long[] shape(Site site, int[] tokens) {
        return new long[] {tokens.length, site.weight().orElseThrow().shape()[1]};
    }

    private static Init rows(Site site, int[] tokens) {
        return (start, values) ->
                System.arraycopy(site.weight().orElseThrow().rows(tokens), 0, values, 0, values.length);
    }

    /**
     * y + trained - frozen at the tokens' rows: both [tokens, width]. Alone it is the trained row; on top of another adapter
     * it adds to what that one changed.
     */
    private record Rows(int[] tokens, Parameter trained, Parameter frozen) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            int[] ids = context.tokenIds();
            int[] chosen = new int[Math.toIntExact(y.size(0))];
            for (int i = 0; i < chosen.length; i++) {
                int own = i < ids.length ? index(ids[i]) : -1;
                chosen[i] = own < 0 ? tokens.length : own; // the row of zeros
            }
            int width = Math.toIntExact(y.size(1));
            Var change = context.use(trained).subtract(context.use(frozen)); // [tokens, width]
            return y.add(Var.concat(change, context.constant(new float[width], 1, width))
                    .gather(chosen));
        }

        private int index(int token) {
            for (int i = 0; i < tokens.length; i++) {
                if (tokens[i] == token) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** y + x (trained - frozen) at the tokens' columns: both [tokens, hidden]. */
    private record Logits(int[] tokens, Parameter trained, Parameter frozen, int vocabulary) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            Var low = x.linear(context.use(trained).subtract(context.use(frozen)), null);
            return y.addProduct(low, context.once(this, () -> places(context)), 1);
        }

        /** One in each token's row, [vocabulary, tokens]. */
        private Var places(Context context) {
            float[] ones = new float[vocabulary * tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                ones[tokens[i] * tokens.length + i] = 1;
            }
            return context.constant(ones, vocabulary, tokens.length);
        }
    }
}
