package dev.graft.transformer.model.architecture;

/**
 * Attention whose scores depend on distances (Raffel et al. 2020, arXiv 1910.10683, section 2.1).
 *
 * @param table module of the numbers [buckets, heads], below the model's root; all layers of the stack share it
 * @param buckets number of buckets
 * @param longest distances from here on share the last bucket
 */
public record DistancePlan(String table, int buckets, int longest) {
    /** Distances below half of a side's buckets have one each; beyond, buckets grow with the logarithm. */
    int bucket(int distance, boolean bothSides) {
        int side = bothSides ? buckets / 2 : buckets;
        int first = bothSides && distance > 0 ? side : 0;
        int away = bothSides ? Math.abs(distance) : Math.max(0, -distance);
        int exact = side / 2;
        if (away < exact) {
            return first + away;
        }
        // in single precision, as transformers has it
        float logarithm = (float) Math.log((float) away / exact);
        float share = logarithm / (float) Math.log((double) longest / exact) * (side - exact);
        return first + Math.min(side - 1, exact + (int) share);
    }
}
