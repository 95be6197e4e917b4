package dev.graft.prefix.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.List;
import java.util.Locale;

/**
 * Key and value rows in front of every layer of some stacks, out of one table a stack, as Hugging Face PEFT lays it out:
 * [rows, layers * 2 * width], for each layer the keys and then the values.
 *
 * @param rows rows of each layer
 * @param width key-value heads * head size
 * @param shift true if the text's positions begin behind the rows
 * @param caches the sites of all stacks, in the order of the forward pass
 * @param sides the chosen stacks
 */
record DeepRows(int rows, int width, boolean shift, List<Site> caches, List<Side> sides) {
    /** Reads {@code num_virtual_tokens}, {@code sides}, {@code shift_positions} and the sizes that PEFT's files repeat. */
    static DeepRows read(Settings settings, ModelShape model, int defaultRows) {
        int rows = settings.integer("num_virtual_tokens", defaultRows, 1, model.maxPositions() - 1);
        List<Site> caches =
                model.sites().stream().filter(site -> site.slot() == Slot.CACHE).toList();
        List<Side> present = caches.stream().map(Site::side).distinct().sorted().toList();
        boolean two = present.size() > 1;
        List<Side> usual = two && settings.madeByPeft() ? List.of(Side.DECODER) : present;
        List<Side> sides = settings
                .texts("sides", usual.stream().map(DeepRows::word).toList())
                .stream()
                .map(word -> side(settings, word, present))
                .distinct()
                .toList();
        boolean shift = settings.flag("shift_positions", true);
        settings.beyondPeft("sides", "shift_positions");
        int width = model.keyValueHeads() * model.headSize();
        DeepRows deep = new DeepRows(rows, width, shift, caches, sides);
        int layers = deep.layers(two ? Side.DECODER : present.get(0)).size();
        settings.integer("num_layers", layers, layers, layers);
        settings.integer("num_attention_heads", model.keyValueHeads(), model.keyValueHeads(), model.keyValueHeads());
        settings.integer("token_dim", width, width, width);
        settings.integer("num_transformer_submodules", two ? 2 : 1, 1, two ? 2 : 1);
        return deep;
    }

    private static String word(Side side) {
        return side.name().toLowerCase(Locale.ROOT);
    }

    private static Side side(Settings settings, String word, List<Side> present) {
        return present.stream()
                .filter(side -> word(side).equals(word))
                .findFirst()
                .orElseThrow(() -> settings.wrong(
                        "sides",
                        word,
                        "of " + present.stream().map(DeepRows::word).toList() + ", which this model has"));
    }

    /** The sites of a stack, a layer each. */
    List<Site> layers(Side side) {
        return caches.stream().filter(site -> site.side() == side).toList();
    }

    /** Values of each row of a stack's table. */
    int rowSize(Side side) {
        return layers(side).size() * 2 * width;
    }

    /** The name of a stack's table: PEFT's own for the stack that PEFT means. */
    String table(Side side) {
        boolean only = caches.stream().noneMatch(site -> site.side() == Side.DECODER);
        return "prompt_embeddings" + (side == Side.DECODER || only ? "" : "." + word(side));
    }

    /** The hook of a site that reads its rows from its stack's table. */
    Hook hook(Site site, Parameter table) {
        return new Rows(table, layers(site.side()).indexOf(site), width, shift ? rows : 0);
    }

    private record Rows(Parameter table, int layer, int width, int positions) implements Hook {
        @Override
        public Var before(Context context, Var x) {
            return part(context, 2 * layer);
        }

        @Override
        public Var after(Context context, Var x, Var y) {
            return part(context, 2 * layer + 1);
        }

        /** [rows, width], the same value for all sequences. */
        private Var part(Context context, int number) {
            return context.once(
                    List.of(table, number),
                    () -> context.use(table).columns((long) number * width, (number + 1L) * width));
        }
    }
}
