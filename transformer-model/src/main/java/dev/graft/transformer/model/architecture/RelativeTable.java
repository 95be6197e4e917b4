package dev.graft.transformer.model.architecture;

import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.weights.FrozenWeight;

/**
 * The embeddings of distances that all layers of a stack share.
 *
 * @param side the stack
 * @param weight [2 * span, hidden]
 * @param norm on it, or null
 * @param epsilon of the norm
 * @param dropout on it in each layer, in training
 * @param plan what its rows mean
 */
public record RelativeTable(
        Side side, FrozenWeight weight, ModelSite norm, double epsilon, double dropout, RelativePlan plan) {
    /**
     * The projections of the table in a layer; where they are the text's own they are sites that run twice.
     *
     * @param table what they project
     * @param key of the rows that meet queries, or null
     * @param query of the rows that meet keys, or null
     */
    public record Sites(RelativeTable table, ModelSite key, ModelSite query) {}

    /** The sites of a layer that has projections of its own for the table. */
    Sites sites(SiteBuilder builder, String at, int layer, int hidden, int width) {
        return new Sites(
                this,
                plan.key() == null || plan.shared()
                        ? null
                        : builder.linear(Slot.POSITION_KEY, layer, at + plan.key(), hidden, width),
                plan.query() == null || plan.shared()
                        ? null
                        : builder.linear(Slot.POSITION_QUERY, layer, at + plan.query(), hidden, width));
    }

    /** Terms of a score: that of the contents, and one for each kind of distance. */
    public int terms() {
        return 1 + (plan.key() == null ? 0 : 1) + (plan.query() == null ? 0 : 1);
    }

    /** The row for a query that stands so far behind a key; negative where it stands in front of it. */
    public int row(int distance) {
        int bucket = plan.buckets() == 0 ? distance : bucket(distance);
        return Math.max(0, Math.min(2 * plan.span() - 1, bucket + plan.span()));
    }

    /** Distances from half the buckets on share rows, the more the longer they are; in the peer's single precision. */
    private int bucket(int distance) {
        int middle = plan.buckets() / 2;
        int length = Math.abs(distance);
        if (length <= middle) {
            return distance;
        }
        float share = (float) Math.log((float) length / middle)
                / (float) Math.log((float) ((plan.longest() - 1) / (double) middle));
        int bucket = (int) Math.ceil(share * (middle - 1)) + middle;
        return distance < 0 ? -bucket : bucket;
    }
}
