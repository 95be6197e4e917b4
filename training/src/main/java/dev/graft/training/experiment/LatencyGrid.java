package dev.graft.training.experiment;

import dev.graft.training.plan.Keys;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * At which sizes the time of inference is measured.
 *
 * @param batches rows at once
 * @param lengths tokens of each row
 * @param rounds passes that are timed; the median counts
 * @param warmUp seconds of passes before them
 */
public record LatencyGrid(List<Integer> batches, List<Integer> lengths, int rounds, double warmUp) {
    private static final Set<String> KEYS = Set.of("batches", "lengths", "rounds", "warm_up");
    private static final double WARM_UP = 2;
    private static final double LONGEST = 60;

    /** Copies the lists. */
    public LatencyGrid {
        batches = List.copyOf(batches);
        lengths = List.copyOf(lengths);
    }

    static LatencyGrid read(String where, Map<String, Object> object) {
        Keys keys = new Keys(where, object, KEYS);
        return new LatencyGrid(
                keys.counts("batches", List.of(1, 32)),
                keys.counts("lengths", List.of(16, 128)),
                keys.count("rounds", 20, 1),
                keys.number("warm_up", WARM_UP, 0, LONGEST));
    }

    /** The longest row. */
    int longest() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
