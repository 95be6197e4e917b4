package dev.graft.training.probe;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.transformer.model.Adapter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many parameters a method trains, as a formula that is fitted to the counts of adapters of many sizes, and checked
 * on sizes that it was not fitted to.
 */
final class ParameterFormula {
    private final Bases bases;
    private final PeftMethods methods;
    private final String method;
    private final ModelSizes smallest;

    /** Values to try of each variable: sizes of the model, then settings. */
    private final Map<String, int[]> points = new LinkedHashMap<>();

    /** Values of the settings among the variables that users get who give none, at the smallest sizes. */
    private final Map<String, Integer> defaults = new LinkedHashMap<>();

    private final Map<Map<String, Integer>, Long> counts = new LinkedHashMap<>();

    /** For one method and one family. */
    ParameterFormula(Bases bases, PeftMethods methods, String method, String family) {
        this.bases = bases;
        this.methods = methods;
        this.method = method;
        this.smallest = ModelSizes.smallest(family);
    }

    /**
     * Finds the formula.
     *
     * @throws IllegalStateException if the counts follow none
     */
    Polynomial find() {
        findSettings();
        smallest.letters().keySet().forEach(letter -> points.put(letter, ModelSizes.steps(letter)));
        Map<String, int[]> ordered = new LinkedHashMap<>();
        smallest.letters().keySet().forEach(letter -> ordered.put(letter, points.get(letter)));
        defaults.keySet().forEach(setting -> ordered.put(setting, points.get(setting)));
        Map<String, List<Integer>> powers = new LinkedHashMap<>();
        ordered.forEach((variable, values) -> {
            List<Integer> found = powers(variable, values);
            if (found.size() > 1) {
                powers.put(variable, found);
            }
        });
        List<String> variables = List.copyOf(powers.keySet());
        Map<List<Integer>, Double> fitted = fit(variables, powers, first(), 0);
        Map<List<Integer>, Long> terms = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        fitted.forEach((key, value) -> {
            if (Math.abs(value) > 1e-3) {
                terms.put(key, Math.round(value));
            }
        });
        Polynomial formula = new Polynomial(variables, terms);
        check(formula, ordered);
        defaults.keySet().retainAll(variables);
        return formula;
    }

    /** The settings in the formula with their defaults; after {@link #find}. */
    Map<String, Integer> defaults() {
        return defaults;
    }

    /** Every setting that is a whole number and changes the count. */
    private void findSettings() {
        Map<String, Object> effective;
        try (Adapter adapter = Adapter.create(bases.get(smallest), methods, method, Map.of(), List.of(), 1)) {
            effective = adapter.settings();
        }
        long count = count(Map.of());
        effective.forEach((key, value) -> {
            if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
                int whole = number.intValue();
                int[] allowed = allowed(key, whole);
                if (allowed.length == 4 && count(Map.of(key, allowed[1])) != count) {
                    points.put(key, allowed);
                    defaults.put(key, whole);
                }
            }
        });
    }

    /** Four values of a setting that are not refused, as few as its default allows. */
    private int[] allowed(String key, int otherwise) {
        List<Integer> allowed = new ArrayList<>();
        int one = Math.max(1, otherwise);
        int half = one % 2 == 0 ? one / 2 : 8 * one;
        for (int value : new int[] {one, 2 * one, 4 * one, half, 8 * one, 16 * one}) {
            if (allowed.size() < 4 && !allowed.contains(value) && isAllowed(key, value)) {
                allowed.add(value);
            }
        }
        return allowed.stream().mapToInt(Integer::intValue).toArray();
    }

    private boolean isAllowed(String key, int value) {
        try {
            count(Map.of(key, value));
            return true;
        } catch (IllegalArgumentException e) {
            return false; // refused: the method says what it allows
        }
    }

    private Map<String, Integer> first() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        points.forEach((variable, values) -> sizes.put(variable, values[0]));
        return sizes;
    }

    /** The count where the model has some sizes and the settings some values; the others are smallest and default. */
    private long count(Map<String, Integer> values) {
        Long known = counts.get(values);
        if (known != null) {
            return known;
        }
        ModelSizes sizes = smallest;
        Map<String, Object> settings = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> value : values.entrySet()) {
            if (smallest.letters().containsKey(value.getKey())) {
                sizes = sizes.with(value.getKey(), value.getValue());
            } else {
                settings.put(value.getKey(), value.getValue());
            }
        }
        long count = bases.trained(sizes, methods, method, settings);
        counts.put(Map.copyOf(values), count);
        return count;
    }

    private long count(Map<String, Integer> others, String variable, int value) {
        Map<String, Integer> values = new LinkedHashMap<>(others);
        values.put(variable, value);
        return count(values);
    }

    /** The fewest powers of a variable that explain the count at all its points. */
    private List<Integer> powers(String variable, int[] values) {
        for (List<Integer> powers : Polynomial.POWERS) {
            double[] coefficients = Polynomial.solve(powers, values, along(variable, values, powers.size()));
            boolean fits = true;
            for (int value : values) {
                double expected = Polynomial.value(powers, coefficients, value);
                fits &= Math.abs(expected - count(first(), variable, value)) < 1e-3;
            }
            if (fits) {
                return powers;
            }
        }
        throw new IllegalStateException("the parameters of " + method + " in " + smallest.family()
                + " follow no formula with whole powers of " + variable);
    }

    private double[] along(String variable, int[] values, int count) {
        double[] found = new double[count];
        for (int i = 0; i < count; i++) {
            found[i] = count(first(), variable, values[i]);
        }
        return found;
    }

    /** Coefficients by the powers of the variables from a number on, where those before have some values. */
    private Map<List<Integer>, Double> fit(
            List<String> variables, Map<String, List<Integer>> powers, Map<String, Integer> before, int from) {
        if (from == variables.size()) {
            return Map.of(List.of(), (double) count(before));
        }
        String variable = variables.get(from);
        List<Integer> own = powers.get(variable);
        int[] values = points.get(variable);
        List<Map<List<Integer>, Double>> inner = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            Map<String, Integer> at = new LinkedHashMap<>(before);
            at.put(variable, values[i]);
            inner.add(fit(variables, powers, at, from + 1));
        }
        Map<List<Integer>, Double> found = new LinkedHashMap<>();
        for (List<Integer> rest : inner.get(0).keySet()) {
            double[] along = inner.stream().mapToDouble(each -> each.get(rest)).toArray();
            double[] coefficients = Polynomial.solve(own, values, along);
            for (int i = 0; i < coefficients.length; i++) {
                List<Integer> key = new ArrayList<>(List.of(own.get(i)));
                key.addAll(rest);
                found.put(key, coefficients[i]);
            }
        }
        return found;
    }

    /** On points that it was not fitted to: the last of each variable alone, and all of them together. */
    private void check(Polynomial formula, Map<String, int[]> variables) {
        for (int point = 1; point < 4; point++) {
            Map<String, Integer> sizes = new LinkedHashMap<>();
            for (Map.Entry<String, int[]> variable : variables.entrySet()) {
                sizes.put(variable.getKey(), variable.getValue()[point]);
            }
            requireSame(formula, sizes);
        }
    }

    private void requireSame(Polynomial formula, Map<String, Integer> sizes) {
        long count = count(sizes);
        if (Math.abs(formula.at(sizes) - count) > 1e-3) {
            throw new IllegalStateException("the parameters of " + method + " in " + smallest.family() + " are " + count
                    + " at " + sizes + ", and " + formula.text() + " gives " + formula.at(sizes));
        }
    }
}
