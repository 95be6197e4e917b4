package dev.graft.transformer.model;

import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.file.AdapterTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/**
 * A prefix of AdapterHub's library as tables of rows, [rows, layers * 2 * width], one for each stack. It does not shift the
 * text's positions. What its MLP makes, W2 f(W1 E + b1) + b2, is computed once: only the rows are kept.
 */
final class AdapterHubPrefix {
    private static final String ROOT = "base_model.model.";
    private static final String BETWEEN = "prefix_tuning.prefix_tunings.";

    /** Each layer of the library holds all prefixes once more. */
    private static final String AGAIN = ".pool.prefix_tunings.";

    private static final Map<String, DoubleUnaryOperator> ACTIVATIONS = Map.of(
            "tanh", Math::tanh,
            "relu", x -> Math.max(0, x),
            "sigmoid", x -> 1 / (1 + Math.exp(-x)),
            "swish", x -> x / (1 + Math.exp(-x)),
            "silu", x -> x / (1 + Math.exp(-x)));

    private static final Map<String, Side> SIDES = Map.of(
            "encoder_prefix", Side.ENCODER,
            "self_prefix", Side.DECODER,
            "cross_prefix", Side.CROSS);

    private final boolean two;
    private final Map<String, ?> config;
    private final Map<String, AdapterTensor> tensors = new LinkedHashMap<>();
    private final List<String> sides = new ArrayList<>();
    private long rows;

    /**
     * Reads the tensors.
     *
     * @param two true for an encoder and a decoder
     * @param theirs with the base's values per layer at each stack's location
     * @param layers of each side
     */
    AdapterHubPrefix(
            boolean two, Map<String, ?> config, Map<String, AdapterTensor> theirs, Map<Side, Long> layers, int width) {
        this.two = two;
        this.config = config;
        Map<String, Map<String, AdapterTensor>> found = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> {
            int at = name.indexOf(BETWEEN);
            if (at < 0 && !name.contains(AGAIN)) {
                tensors.put("base_model." + name.substring(ROOT.length()), tensor); // a head
            } else if (at >= 0) {
                String[] parts = name.substring(at + BETWEEN.length()).split("\\.", 2);
                found.computeIfAbsent(parts[0], location -> new LinkedHashMap<>())
                        .put(parts[1], tensor);
            }
        });
        found.forEach((location, own) -> table(location, own, layers, width));
        if (found.isEmpty()) {
            throw new IllegalArgumentException("there is no tensor of a prefix");
        }
    }

    Map<String, AdapterTensor> tensors() {
        return tensors;
    }

    /** The keys of the prefix method. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("num_virtual_tokens", (int) rows);
        settings.put("shift_positions", false);
        if (two) {
            settings.put("sides", List.copyOf(sides));
            settings.put("layers_as_peft", false);
        }
        return settings;
    }

    /** Those of them that PEFT does not know. */
    Set<String> beyondPeft() {
        return two ? Set.of("shift_positions", "sides", "layers_as_peft") : Set.of("shift_positions");
    }

    private void table(String location, Map<String, AdapterTensor> own, Map<Side, Long> layers, int width) {
        Side side = SIDES.entrySet().stream()
                .filter(entry -> location.endsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "tensors stand at the location " + location + "; allowed: " + SIDES.keySet()));
        long size =
                two ? layers.getOrDefault(side, 0L) : layers.values().iterator().next();
        float[] values = own.containsKey("control_trans")
                ? own.get("control_trans").values()
                : made(
                        part(own, "wte.weight"),
                        part(own, "control_trans.0.weight"),
                        part(own, "control_trans.0.bias"),
                        part(own, "control_trans.2.weight"),
                        part(own, "control_trans.2.bias"));
        long row = size * 2 * width;
        if (row == 0 || values.length % row != 0) {
            throw new IllegalArgumentException("the prefix at " + location + " has " + values.length
                    + " values, no multiple of the " + row + " of one row for this base");
        }
        rows = values.length / row;
        String word = side.name().toLowerCase(Locale.ROOT);
        sides.add(word);
        tensors.put(
                two ? "prompt_embeddings." + word : "prompt_embeddings",
                new AdapterTensor(new long[] {rows, row}, values));
    }

    private static AdapterTensor part(Map<String, AdapterTensor> own, String name) {
        AdapterTensor found = own.get(name);
        if (found == null) {
            throw new IllegalArgumentException("the prefix has no tensor " + name);
        }
        return found;
    }

    /** E [rows, width], W1 [inner, width], b1 [inner], W2 [size, inner], b2 [size] -> [rows, size]. */
    private float[] made(AdapterTensor e, AdapterTensor w1, AdapterTensor b1, AdapterTensor w2, AdapterTensor b2) {
        double[] inside = linear(doubles(e.values()), w1, b1);
        DoubleUnaryOperator activation = ACTIVATIONS.get(config.get("non_linearity"));
        if (activation == null) {
            throw new IllegalArgumentException("'non_linearity' is " + config.get("non_linearity") + "; allowed: "
                    + ACTIVATIONS.keySet().stream().sorted().toList()
                    + ", or any with eject_prefix_tuning before saving");
        }
        for (int i = 0; i < inside.length; i++) {
            inside[i] = activation.applyAsDouble(inside[i]);
        }
        double[] rowsOf = linear(inside, w2, b2);
        float[] values = new float[rowsOf.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rowsOf[i];
        }
        return values;
    }

    /** x [rows, in], weight [out, in], bias [out] -> [rows, out]. */
    private static double[] linear(double[] x, AdapterTensor weight, AdapterTensor bias) {
        int out = (int) weight.shape()[0];
        int in = (int) weight.shape()[1];
        if (x.length % in != 0 || bias.values().length != out) {
            throw new IllegalArgumentException("the shapes of the prefix's tensors do not fit each other");
        }
        double[] y = new double[x.length / in * out];
        for (int row = 0; row < x.length / in; row++) {
            for (int o = 0; o < out; o++) {
                double sum = bias.values()[o];
                for (int i = 0; i < in; i++) {
                    sum += x[row * in + i] * weight.values()[o * in + i];
                }
                y[row * out + o] = sum;
            }
        }
        return y;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
