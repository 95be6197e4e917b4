package dev.graft.adapter.tuning;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Where bottlenecks stand and how wide they are, with the keys of AdapterHub's BnConfig; {@code bottleneck_size} is
 * ours and replaces {@code reduction_factor}.
 *
 * @param hidden hidden size of the base
 * @param encoderLayers layers of the encoder, after which AdapterHub counts those of the decoder
 * @param attention a bottleneck at each self-attention
 * @param cross a bottleneck at each cross attention
 * @param output a bottleneck at each feed-forward sub-layer
 * @param leaveOut layers without bottlenecks
 * @param width by layer
 * @param nonLinearity the activation
 * @param scaling the scale, if it is a number
 * @param learnedScales number of learned scales: 0, 1, or one a feature
 * @param dropout probability on the bottleneck's output, in training
 * @param initWeights how the projections start
 */
record BottleneckSettings(
        int hidden,
        int encoderLayers,
        boolean attention,
        boolean cross,
        boolean output,
        List<Integer> leaveOut,
        Map<Integer, Integer> width,
        String nonLinearity,
        double scaling,
        int learnedScales,
        double dropout,
        String initWeights) {

    private static String[] activations() {
        return new String[] {"relu", "gelu", "gelu_new", "swish", "silu", "tanh", "sigmoid"};
    }

    /** What differs between the methods. */
    record Defaults(
            boolean attention, String nonLinearity, double reductionFactor, double scaling, String initWeights) {}

    /** Reads and checks all keys. */
    static BottleneckSettings read(Settings settings, ModelShape model, Defaults defaults) {
        int hidden = model.hiddenSize();
        int encoder = (int) model.sites().stream()
                .filter(site -> site.slot() == Slot.MLP_BLOCK && site.side() == Side.ENCODER)
                .count();
        int layers = (int) model.sites().stream()
                .filter(site -> site.slot() == Slot.MLP_BLOCK)
                .count();
        boolean attention = settings.flag("mh_adapter", defaults.attention());
        boolean output = settings.flag("output_adapter", true);
        boolean cross = settings.flag("cross_adapter", false);
        if (!attention && !output && !cross) {
            throw new SettingsException(
                    "mh_adapter, output_adapter and cross_adapter are all false; at least one of them must be true");
        }
        Object scale = scale(settings, defaults.scaling());
        List<Integer> leaveOut = settings.integers("leave_out", List.of());
        if (leaveOut.stream().anyMatch(layer -> layer >= layers)) {
            throw settings.wrong("leave_out", leaveOut, "layers from 0 to " + (layers - 1));
        }
        return new BottleneckSettings(
                hidden,
                encoder,
                attention,
                cross,
                output,
                leaveOut,
                Widths.read(settings, hidden, layers, defaults.reductionFactor()),
                settings.choice("non_linearity", defaults.nonLinearity(), activations()),
                scale instanceof Number number ? number.doubleValue() : 1,
                scale.equals("learned") ? 1 : scale.equals("channel") ? hidden : 0,
                settings.number("dropout", 0, 0, Math.nextDown(1.0)),
                settings.choice("init_weights", defaults.initWeights(), "bert", "mam_adapter", "houlsby"));
    }

    private static Object scale(Settings settings, double otherwise) {
        Object scale = settings.any("scaling", otherwise);
        boolean word = scale.equals("learned") || scale.equals("channel");
        if (!word && !(scale instanceof Number number && Double.isFinite(number.doubleValue()))) {
            throw settings.wrong("scaling", scale, "a number, or one of learned, channel");
        }
        return scale;
    }

    /** Puts a bottleneck at each chosen site; where the second projection starts as zero, a new adapter changes nothing. */
    Injection injection(Function<Bottleneck, Hook> hook) {
        return new Placed(this, hook);
    }

    private record Placed(BottleneckSettings settings, Function<Bottleneck, Hook> hook) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            return settings.isAt(site)
                    ? hook.apply(Bottleneck.declare(
                            parameters, settings.hidden, settings.width.get(settings.layer(site)), settings))
                    : Hook.NONE;
        }

        @Override
        public boolean startsAsBase() {
            return settings.initWeights.equals("mam_adapter");
        }
    }

    /** True for a BnConfig of AdapterHub's library: its other configurations name an architecture. */
    static boolean areAdapterHubs(Map<String, ?> config) {
        return !config.containsKey("architecture");
    }

    private boolean isAt(Site site) {
        boolean chosen = switch (site.slot()) {
            case ATTENTION_BLOCK -> site.side() == Side.CROSS ? cross : attention;
            case MLP_BLOCK -> output;
            default -> false;
        };
        return chosen && !leaveOut.contains(layer(site));
    }

    /** Number of the layer as AdapterHub counts: the decoder's come after the encoder's. */
    private int layer(Site site) {
        return site.side() == Side.ENCODER ? site.layer() : encoderLayers + site.layer();
    }
}
