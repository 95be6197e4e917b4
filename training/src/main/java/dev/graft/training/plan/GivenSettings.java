package dev.graft.training.plan;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.EncodedRows;
import dev.graft.training.TrainingSettings;
import dev.graft.training.optimizer.Schedule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * Training settings from an object with the keys of {@link TrainingSettings#toMap}; what is left out is as in
 * {@code graft train}.
 */
public final class GivenSettings {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private GivenSettings(Map<String, ?> given) {
        values.put("epochs", 3);
        values.put("max_steps", 0);
        values.put("batch_size", 32);
        values.put("micro_batch", null);
        values.put("learning_rate", null);
        values.put("weight_decay", 0.01);
        values.put("schedule", "linear");
        values.put("warmup", 0);
        values.put("max_grad_norm", 0.0);
        values.put("seed", 0L);
        values.put("max_length", null);
        values.put("shuffle", true);
        values.put("evaluate_every", 0);
        values.put("checkpoint_every", 0);
        values.put("patience", 0);
        given.forEach((key, value) -> {
            if (!values.containsKey(key)) {
                throw new SettingsException("training." + key + " is unknown; allowed: "
                        + String.join(", ", new TreeSet<>(values.keySet())));
            }
            values.put(key, value);
        });
    }

    /**
     * Reads them.
     *
     * @param method for messages
     * @param rate the method's own learning rate
     * @param most tokens that the base reads beside what the method puts in front of them
     * @throws SettingsException if a key is unknown, a value is not allowed, or there is no learning rate
     */
    public static TrainingSettings read(Map<String, ?> given, String method, OptionalDouble rate, int most) {
        return new GivenSettings(given).settings(method, rate, most);
    }

    /**
     * The seed alone, which is needed before there is an adapter.
     *
     * @throws SettingsException as {@link #read} does
     */
    public static long seed(Map<String, ?> given) {
        return read(given, "", OptionalDouble.of(1), Integer.MAX_VALUE).seed();
    }

    private TrainingSettings settings(String method, OptionalDouble rate, int most) {
        if (values.get("learning_rate") == null) {
            values.put(
                    "learning_rate",
                    rate.orElseThrow(() -> new SettingsException("method '" + method
                            + "' has no learning rate of its own; give training.learning_rate, such as 1e-3")));
        }
        if (values.get("micro_batch") == null) {
            values.put("micro_batch", TrainingSettings.microBatch(whole("batch_size")));
        }
        if (values.get("max_length") == null) {
            values.put("max_length", EncodedRows.defaultLength(most));
        }
        return new TrainingSettings(
                whole("epochs"),
                whole("max_steps"),
                whole("batch_size"),
                whole("micro_batch"),
                number("learning_rate").doubleValue(),
                number("weight_decay").doubleValue(),
                schedule(),
                whole("warmup"),
                number("max_grad_norm").doubleValue(),
                integral("seed"),
                whole("max_length"),
                flag("shuffle"),
                whole("evaluate_every"),
                whole("checkpoint_every"),
                whole("patience"));
    }

    private Schedule schedule() {
        String name = String.valueOf(values.get("schedule"));
        return Arrays.stream(Schedule.values())
                .filter(one -> one.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> wrong("schedule", "constant, linear, cosine"));
    }

    private Number number(String key) {
        if (values.get(key) instanceof Number number) {
            return number;
        }
        throw wrong(key, "a number");
    }

    private long integral(String key) {
        Number number = number(key);
        if (number.doubleValue() != number.longValue()) {
            throw wrong(key, "a whole number");
        }
        return number.longValue();
    }

    private int whole(String key) {
        long value = integral(key);
        if (value != (int) value) {
            throw wrong(key, "a whole number of at most " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    private boolean flag(String key) {
        if (values.get(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true, false");
    }

    private SettingsException wrong(String key, String allowed) {
        return new SettingsException("training." + key + " is " + values.get(key) + "; allowed: " + allowed);
    }
}
