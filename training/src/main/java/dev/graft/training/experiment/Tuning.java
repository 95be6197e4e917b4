package dev.graft.training.experiment;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.plan.Keys;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How learning rates are found: as many trials for each method, around its own rate, by the best score on the validation
 * rows; the first of equals, from the lowest rate on.
 *
 * @param trials rates that are tried; with one nothing is tried
 * @param factor between two neighbours
 * @param seed of the trials, or null for the experiment's first; a trial with a seed of the experiment is one of its runs
 * @param each true for trials of each variant, false for trials of the first variant of each entry of the file
 */
public record Tuning(int trials, double factor, Long seed, boolean each) {
    private static final Set<String> KEYS = Set.of("trials", "factor", "seed", "for_each");
    private static final MathContext DIGITS = new MathContext(3);

    static Tuning read(String where, Object value) {
        Map<String, Object> object = value == null ? Map.of() : Keys.object(where, value);
        Keys keys = new Keys(where, object, KEYS);
        return new Tuning(
                (int) keys.whole("trials", 3, 1, 99),
                keys.number("factor", 3, 1, 100),
                keys.has("seed") ? keys.whole("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE) : null,
                keys.word("for_each", "variant", List.of("variant", "method")).equals("variant"));
    }

    Tuning once() {
        return new Tuning(1, factor, seed, each);
    }

    /** The rates to try, the lowest first. */
    List<Double> rates(double own) {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < trials; i++) {
            double rate = own * StrictMath.pow(factor, i - (trials - 1) / 2.0);
            rates.add(new BigDecimal(rate).round(DIGITS).doubleValue());
        }
        return rates;
    }

    /** Refuses rates of a method's own that are more or fewer than the others' trials. */
    void check(String where, List<Double> own) {
        if (own != null && own.size() != trials) {
            throw new SettingsException(where + " has " + own.size() + " rates; allowed: " + trials
                    + ", as many as learning_rate.trials says, so that every method has as many trials");
        }
    }

    /** In words, for reports. */
    public String text() {
        return trials == 1
                ? "each method's own learning rate, not tuned"
                : trials + " learning rates for each " + (each ? "variant" : "method") + ", a factor of " + factor
                        + " apart around the method's own; the best on the validation rows";
    }
}
