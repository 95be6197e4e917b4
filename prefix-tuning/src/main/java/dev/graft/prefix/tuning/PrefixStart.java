package dev.graft.prefix.tuning;

import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import java.util.List;

/**
 * How a prefix starts: random, zero, or as the keys and values of a text (Li and Liang 2021, section 7.4).
 *
 * @param zero true for zeros; of an encoder of rows its last layer
 * @param text whose keys and values are taken; empty for none
 */
record PrefixStart(boolean zero, String text) {
    /** Reads {@code init_weights} and {@code init_text}. */
    static PrefixStart read(Settings settings, boolean projection) {
        boolean zero =
                settings.choice("init_weights", "random", "random", "zero").equals("zero");
        settings.record("init_weights", zero ? "zero" : null);
        String text = settings.text("init_text", "");
        settings.beyondPeft("init_text");
        if (!text.isEmpty() && (projection || zero)) {
            throw settings.wrong("init_text", text, "a text only without prefix_projection and init_weights=zero");
        }
        return new PrefixStart(zero, text);
    }

    /** First values of a table of rows. */
    Init table(List<Site> layers) {
        return zero ? Init.zeros() : text.isEmpty() ? Init.normal(1) : fromText(layers);
    }

    /** The keys and values that each layer makes of the text, over and over until the rows are full. */
    private Init fromText(List<Site> layers) {
        return (start, values) -> {
            int rows = Math.toIntExact(start.shape()[0]);
            int size = values.length / rows / layers.size();
            for (int layer = 0; layer < layers.size(); layer++) {
                float[] seen = start.activations(layers.get(layer), text);
                for (int row = 0; row < rows; row++) {
                    int from = row * size % seen.length;
                    System.arraycopy(seen, from, values, (row * layers.size() + layer) * size, size);
                }
            }
        };
    }
}
