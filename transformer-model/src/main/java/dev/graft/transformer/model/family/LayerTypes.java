package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Reads which layers see a window of keys: {@code sliding_window} and {@code layer_types}. */
final class LayerTypes {
    private static final String SLIDING = "sliding_attention";
    private static final List<String> TYPES = List.of("full_attention", SLIDING);

    private LayerTypes() {}

    private static final int MOST_LAYERS = 1 << 16;

    /** The window that the file names; 0 where it says null. */
    static int window(ConfigReader config, int otherwise) throws FileFormatException {
        boolean none = config.names("sliding_window") && !config.has("sliding_window");
        return none ? 0 : config.integer("sliding_window", otherwise, 1);
    }

    /** Every layer has the window. */
    static List<Integer> all(ConfigReader config, int window) throws FileFormatException {
        return of(config, window, layer -> true);
    }

    /**
     * The window of each layer, from the file's list, or where it has none of those that the family chooses.
     *
     * @param window 0 for none
     */
    static List<Integer> read(ConfigReader config, int window, IntPredicate otherwise) throws FileFormatException {
        List<String> types = config.choices("layer_types", TYPES);
        if (types.isEmpty()) {
            return of(config, window, otherwise);
        }
        int layers = config.integer("num_hidden_layers", null, 1);
        if (types.size() != layers) {
            throw config.wrong("layer_types", types, "a list of as many as num_hidden_layers, " + layers);
        }
        if (window == 0 && types.contains(SLIDING)) {
            throw config.wrong("layer_types", types, "full_attention only, as there is no sliding window");
        }
        return of(config, window, layer -> types.get(layer).equals(SLIDING));
    }

    private static List<Integer> of(ConfigReader config, int window, IntPredicate sliding) throws FileFormatException {
        List<Integer> windows = new ArrayList<>();
        int layers = window == 0 ? 0 : config.integer("num_hidden_layers", null, 1);
        if (layers > MOST_LAYERS) {
            throw config.wrong("num_hidden_layers", layers, "at most " + MOST_LAYERS);
        }
        for (int layer = 0; layer < layers; layer++) {
            windows.add(sliding.test(layer) ? window : 0);
        }
        return windows;
    }
}
