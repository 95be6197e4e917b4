package dev.graft.transformer.model.family;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.RotaryGrowth;
import dev.graft.transformer.model.architecture.RotaryPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code rope_theta} and {@code rope_scaling}: the frequencies of rotary positions, rounded to single precision
 * where transformers 4.57 rounds them.
 */
final class RopeReader {
    private static final List<String> TYPES = List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope");

    private static final int MOST_FEATURES = 1 << 16;

    private final ConfigReader config;
    private final ConfigReader scaling;
    private final String type;
    private final int size;
    private final double base;
    private final int positions;

    private RopeReader(ConfigReader config, int size, int positions) throws FileFormatException {
        config.only("rope_parameters", "absent");
        config.only("partial_rotary_factor", 1.0, 1);
        this.config = config;
        this.size = size;
        this.positions = positions;
        this.base = config.number("rope_theta", 10000.0, 1, 1e15);
        this.scaling = config.part("rope_scaling");
        if (scaling == null) {
            type = "default";
        } else {
            type = scaling.choice(scaling.has("type") ? "type" : "rope_type", null, TYPES);
        }
    }

    /**
     * What a file says.
     *
     * @param plan of the rotation
     * @param positions most positions that the model reads
     */
    record Found(RotaryPlan plan, int positions) {}

    /**
     * Reads the keys.
     *
     * @param size features of a head
     * @param positions what max_position_embeddings says
     */
    static Found read(ConfigReader config, int size, int positions) throws FileFormatException {
        if (size > MOST_FEATURES) {
            throw config.wrong("head_dim", size, "at most " + MOST_FEATURES);
        }
        if (size % 2 != 0) {
            throw config.wrong("head_dim", size, "an even number: features of a head are turned in pairs");
        }
        return new RopeReader(config, size, positions).read();
    }

    private Found read() throws FileFormatException {
        float[] plain = RotaryPlan.frequencies(base, size);
        return switch (type) {
            case "linear" -> {
                float factor = (float) factor();
                for (int i = 0; i < plain.length; i++) {
                    plain[i] /= factor;
                }
                yield found(plain, 1, null, factor);
            }
            case "dynamic" -> {
                if (size < 4) {
                    throw config.wrong("head_dim", size, "from 4, with rope_scaling of type dynamic");
                }
                yield found(plain, 1, new RotaryGrowth.Dynamic(base, factor(), positions), factor());
            }
            case "llama3" -> found(llama3(plain), 1, null, 1);
            case "yarn" -> yarn(plain);
            case "longrope" -> longrope();
            default -> found(plain, 1, null, 1);
        };
    }

    /** A text may be as many times longer as the frequencies are stretched. */
    private Found found(float[] frequencies, double factor, RotaryGrowth growth, double longer) {
        int most = (int) Math.min(1 << 30, Math.floor(positions * longer));
        return new Found(new RotaryPlan(list(frequencies), factor, growth), Math.max(positions, most));
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float each : values) {
            list.add(each);
        }
        return list;
    }

    private double factor() throws FileFormatException {
        return scaling.number("factor", null, 1, 1e6);
    }

    /** Long waves are stretched by the factor, short ones not, those between in part (Llama 3.1). */
    private float[] llama3(float[] plain) throws FileFormatException {
        double factor = factor();
        double low = scaling.number("low_freq_factor", null, 1e-6, 1e6);
        double high = scaling.number("high_freq_factor", null, 1e-6, 1e6);
        int trained = scaling.integer("original_max_position_embeddings", null, 1);
        if (high <= low) {
            throw scaling.wrong("high_freq_factor", high, "more than low_freq_factor, " + low);
        }
        for (int i = 0; i < plain.length; i++) {
            float wave = (float) (2 * Math.PI) / plain[i];
            if (wave > (float) (trained / low)) {
                plain[i] /= (float) factor;
            } else if (wave >= (float) (trained / high)) {
                float smooth = (float) ((trained / wave - low) / (high - low));
                plain[i] = (1 - smooth) * plain[i] / (float) factor + smooth * plain[i];
            }
        }
        return plain;
    }

    /** YaRN (Peng et al. 2023, arXiv 2309.00071, equations 17 to 22). */
    private Found yarn(float[] plain) throws FileFormatException {
        double factor = factor();
        int trained = scaling.integer("original_max_position_embeddings", positions, 1);
        double low = turns(unlessZero("beta_fast", 32), trained);
        double high = turns(unlessZero("beta_slow", 1), trained);
        if (scaling.flag("truncate", true)) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, size - 1);
        if (low == high) {
            high += 0.001;
        }
        float[] mixed = new float[plain.length];
        for (int i = 0; i < plain.length; i++) {
            float ramp = Math.min(1f, Math.max(0f, (float) ((i - low) / (high - low))));
            float kept = 1 - ramp;
            float stretched = 1f / ((float) factor * (1f / plain[i]));
            mixed[i] = stretched * (1 - kept) + plain[i] * kept;
        }
        double longer = Math.max(1, factor * trained / positions);
        return found(mixed, attention(factor), null, longer);
    }

    /**
     * LongRoPE: a divisor for each pair of features, one list of them for texts up to the trained length and one for all
     * longer ones. As transformers 4.57 has it, the trained length is read beside rope_scaling, never inside.
     */
    private Found longrope() throws FileFormatException {
        int trained = config.integer("original_max_position_embeddings", positions, 1);
        double attention;
        if (scaling.has("attention_factor")) {
            attention = scaling.number("attention_factor", null, 0, 1e6);
        } else {
            double factor = config.has("original_max_position_embeddings") ? (double) positions / trained : factor();
            attention = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trained));
        }
        if (!Double.isFinite(attention)) {
            throw config.wrong("original_max_position_embeddings", trained, "at least 2");
        }
        float[] longer = divided("long_factor");
        return found(divided("short_factor"), attention, new RotaryGrowth.Second(list(longer), trained), 1);
    }

    /** 1 / (divisor * base^(2i / size)), in single precision. */
    private float[] divided(String key) throws FileFormatException {
        List<Double> divisors = scaling.numbers(key, size / 2, 1e-6, 1e6);
        float[] found = new float[size / 2];
        for (int i = 0; i < found.length; i++) {
            found[i] = 1f / (divisors.get(i).floatValue() * (float) Math.pow((float) base, 2f * i / size));
        }
        return found;
    }

    /** The pair of features that turns so many times over the trained positions. */
    private double turns(double count, int trained) {
        return size * Math.log(trained / (count * 2 * Math.PI)) / (2 * Math.log(base));
    }

    private double attention(double factor) throws FileFormatException {
        if (scaling.has("attention_factor")) {
            return scaling.number("attention_factor", null, 0, 1e6);
        }
        double scale = scaling.number("mscale", 0.0, 0, 1e6);
        double all = scaling.number("mscale_all_dim", 0.0, 0, 1e6);
        return scale != 0 && all != 0 ? magnitude(factor, scale) / magnitude(factor, all) : magnitude(factor, 1);
    }

    private static double magnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private double unlessZero(String key, double otherwise) throws FileFormatException {
        double value = scaling.number(key, otherwise, 0, 1e6);
        return value == 0 ? otherwise : value;
    }
}
