package dev.graft.training.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A count as a sum of products of whole powers of some variables.
 *
 * @param variables their names
 * @param terms whole coefficient by the power of each variable; none is zero
 */
record Polynomial(List<String> variables, Map<List<Integer>, Long> terms) {
    /** Powers that a variable may have, the likelier first. */
    static final List<List<Integer>> POWERS =
            List.of(List.of(0), List.of(0, 1), List.of(0, -1), List.of(0, 1, 2), List.of(0, -1, 1), List.of(0, -1, -2));

    /** The count at some sizes of the variables. */
    double at(Map<String, Integer> sizes) {
        double sum = 0;
        for (Map.Entry<List<Integer>, Long> term : terms.entrySet()) {
            double product = term.getValue();
            for (int i = 0; i < variables.size(); i++) {
                product *= Math.pow(sizes.get(variables.get(i)), term.getKey().get(i));
            }
            sum += product;
        }
        return sum;
    }

    /**
     * Coefficients of powers of one variable.
     *
     * @param powers as many as points
     * @param points different from each other
     * @param values at the points
     */
    static double[] solve(List<Integer> powers, int[] points, double[] values) {
        int n = powers.size();
        double[][] rows = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                rows[i][j] = Math.pow(points[i], powers.get(j));
            }
            rows[i][n] = values[i];
        }
        for (int k = 0; k < n; k++) { // Gauss and Jordan, the largest pivot first
            int pivot = k;
            for (int i = k + 1; i < n; i++) {
                pivot = Math.abs(rows[i][k]) > Math.abs(rows[pivot][k]) ? i : pivot;
            }
            double[] row = rows[pivot];
            rows[pivot] = rows[k];
            rows[k] = row;
            for (int i = 0; i < n; i++) {
                double factor = i == k ? 0 : rows[i][k] / row[k];
                for (int j = k; j <= n; j++) {
                    rows[i][j] -= factor * row[j];
                }
            }
        }
        double[] found = new double[n];
        for (int i = 0; i < n; i++) {
            found[i] = rows[i][n] / rows[i][i];
        }
        return found;
    }

    /** What one variable's powers make of a point. */
    static double value(List<Integer> powers, double[] coefficients, int point) {
        double sum = 0;
        for (int i = 0; i < coefficients.length; i++) {
            sum += coefficients[i] * Math.pow(point, powers.get(i));
        }
        return sum;
    }

    /** As people read it, highest powers first: 4 L d r + 2 L d² / reduction_factor. */
    String text() {
        if (terms.isEmpty()) {
            return "0";
        }
        Map<List<Integer>, Long> ordered = new TreeMap<>(Polynomial::higherFirst);
        ordered.putAll(terms);
        String joined = ordered.entrySet().stream()
                .map(term -> (term.getValue() < 0 ? " - " : " + ") + product(term.getKey(), Math.abs(term.getValue())))
                .collect(Collectors.joining());
        return joined.startsWith(" + ") ? joined.substring(3) : joined.trim();
    }

    private static int higherFirst(List<Integer> a, List<Integer> b) {
        return Arrays.compare(b.toArray(Integer[]::new), a.toArray(Integer[]::new));
    }

    private String product(List<Integer> powers, long coefficient) {
        List<String> above = new ArrayList<>();
        List<String> below = new ArrayList<>();
        for (int i = 0; i < powers.size(); i++) {
            int power = powers.get(i);
            String name = variables.get(i) + (Math.abs(power) == 2 ? "²" : "");
            (power > 0 ? above : below).addAll(power == 0 ? List.of() : List.of(name));
        }
        if (coefficient != 1 || above.isEmpty()) {
            above.add(0, Long.toString(coefficient));
        }
        return String.join(" ", above) + (below.isEmpty() ? "" : " / " + String.join(" / ", below));
    }
}
