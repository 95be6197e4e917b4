package dev.graft.training.experiment;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.plan.Keys;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What every run of an experiment may use up: equal for all of its methods.
 *
 * @param kind steps, tokens read, seconds of training, or passes over the rows
 * @param amount of it, above 0
 */
public record Budget(Kind kind, double amount) {
    /** What is counted. */
    public enum Kind {
        /** Passes over the training rows. */
        EPOCHS,
        /** Optimizer steps. */
        STEPS,
        /** Tokens read, without padding: the run ends with the step that reaches them. */
        TOKENS,
        /**
         * Seconds of training steps: turned into a number of steps by timing some, once for each method; the number is
         * recorded, so that the run itself can be repeated bit for bit.
         */
        SECONDS;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Set<String> KEYS = Set.of("epochs", "steps", "tokens", "seconds");

    static Budget read(String where, Object value) {
        Map<String, Object> object = Keys.object(where, value);
        Keys keys = new Keys(where, object, KEYS);
        List<Kind> given = Arrays.stream(Kind.values())
                .filter(kind -> keys.has(kind.key()))
                .toList();
        if (given.size() != 1) {
            throw new SettingsException(where + " has " + given.size()
                    + " keys; allowed: exactly one of epochs, steps, tokens, seconds, such as {\"steps\": 200}");
        }
        Kind kind = given.get(0);
        double amount = kind == Kind.SECONDS
                ? keys.number(kind.key(), 0, 0, Double.MAX_VALUE)
                : keys.whole(kind.key(), 0, 1, kind == Kind.TOKENS ? Long.MAX_VALUE : Integer.MAX_VALUE);
        return new Budget(kind, amount);
    }

    /** A quarter of it, for a first look; at least one. */
    Budget quarter() {
        double least = kind == Kind.SECONDS ? 0 : 1;
        double quarter = kind == Kind.SECONDS ? amount / 4 : Math.floor(amount / 4);
        return new Budget(kind, Math.max(least, quarter));
    }

    /** As the file has it. */
    Map<String, Object> toMap() {
        return Map.of(kind.key(), kind == Kind.SECONDS ? (Object) amount : (Object) (long) amount);
    }

    /** For people: 200 steps. */
    public String text() {
        return (kind == Kind.SECONDS ? String.valueOf(amount) : String.valueOf((long) amount)) + " " + kind.key();
    }
}
