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
import java.util.stream.IntStream;

/**
 * Key and value rows in front of every layer of some stacks, out of one table a stack, as Hugging Face PEFT lays it out:
 * [rows, layers * 2 * width], for each layer the keys and then the values.
 *
 * <p>Of an encoder-decoder PEFT knows the decoder's rows alone, and cuts its table in another way than it says: layer i
 * reads the rows of layer 2 i, counted around the table, so that with an even number of layers half of it is never read.
 * With {@code layers_as_peft} it is so here too; without it a file has names that PEFT refuses, since it would read the
 * rows of other layers.
 *
 * @param rows rows of each layer
 * @param width key-value heads * head size
 * @param shift true if the text's positions begin behind the rows
 * @param caches the sites of all stacks, in the order of the forward pass
 * @param sides the chosen stacks
 * @param peftLayers layers of PEFT's table for a decoder, or 0 for tables of our own order
 */
record DeepRows(int rows, int width, boolean shift, List<Site> caches, List<Side> sides, int peftLayers) {
    /** Reads {@code num_virtual_tokens}, {@code sides}, {@code shift_positions} and the sizes that PEFT's files repeat. */
    static DeepRows read(Settings settings, ModelShape model, int defaultRows) {
        int rows = settings.integer("num_virtual_tokens", defaultRows, 1, model.maxPositions() - 1);
        List<Site> caches =
                model.sites().stream().filter(site -> site.slot() == Slot.CACHE).toList();
        List<Side> present = caches.stream().map(Site::side).distinct().sorted().toList();
        boolean two = present.size() > 1;
        boolean asPeft = two && settings.flag("layers_as_peft", settings.madeByPeft());
        List<Side> usual = asPeft ? List.of(Side.DECODER) : present;
        List<Side> sides = settings
                .texts("sides", usual.stream().map(DeepRows::word).toList())
                .stream()
                .map(word -> side(settings, word, present))
                .distinct()
                .toList();
        if (asPeft && !sides.equals(usual)) {
            throw settings.wrong("layers_as_peft", true, "false with sides=" + sides + "; true with sides=decoder");
        }
        boolean shift = settings.flag("shift_positions", true);
        settings.beyondPeft("sides", "shift_positions", "layers_as_peft");
        int width = model.keyValueHeads() * model.headSize();
        int last = count(caches, two ? Side.DECODER : present.get(0));
        int tables = asPeft ? Math.max(last, count(caches, Side.ENCODER)) : last;
        int layers = settings.integer("num_layers", tables, last, asPeft ? Integer.MAX_VALUE : last);
        settings.integer("num_attention_heads", model.keyValueHeads(), model.keyValueHeads(), model.keyValueHeads());
        settings.integer("token_dim", width, width, width);
        settings.integer("num_transformer_submodules", two ? 2 : 1, 1, two ? 2 : 1);
        return new DeepRows(rows, width, shift, caches, sides, asPeft ? layers : 0);
    }

    private static int count(List<Site> caches, Side side) {
        return (int) caches.stream().filter(site -> site.side() == side).count();
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
    private List<Site> layers(Side side) {
        return caches.stream().filter(site -> site.side() == side).toList();
    }

    /** For each layer of a stack's table the site that reads it; where none does, any. */
    List<Site> readers(Side side) {
        List<Site> layers = layers(side);
        return IntStream.range(0, peftLayers == 0 ? layers.size() : peftLayers)
                .mapToObj(part -> layers.stream()
                        .filter(site -> part(layers.indexOf(site)) == part)
                        .findFirst()
                        .orElse(layers.get(0)))
                .toList();
    }

    /** The layer of the table that a layer of its stack reads. */
    private int part(int layer) {
        return peftLayers == 0 ? layer : 2 * layer % peftLayers;
    }

    /** Values of each row of a stack's table. */
    int rowSize(Side side) {
        return readers(side).size() * 2 * width;
    }

    /** The name of a stack's table: PEFT's own where PEFT reads it as it is meant. */
    String table(Side side) {
        boolean only = caches.stream().allMatch(site -> site.side() == side);
        return "prompt_embeddings" + (only || peftLayers > 0 ? "" : "." + word(side));
    }

    /** The hook of a site that reads its rows from its stack's table. */
    Hook hook(Site site, Parameter table) {
        return new Rows(table, part(layers(site.side()).indexOf(site)), width, shift ? rows : 0);
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
