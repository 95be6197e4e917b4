package dev.graft.transformer.model;

import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.Overlay;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Merging at tables of words: a hook that makes a row of each token's row, whatever stands beside it, makes a new table.
 * Where the table is the output projection too, both stay one if they still are; else the projection gets its own.
 */
final class TableMerge {
    private static final int BLOCK = 256;

    private final BaseModel base;
    private final SiteProbe probe;
    private final Overlay overlay;

    TableMerge(BaseModel base, SiteProbe probe, Overlay overlay) {
        this.base = base;
        this.probe = probe;
        this.overlay = overlay;
    }

    /**
     * The new table, [vocabulary, width].
     *
     * @param before a table that another stack has of it, or null
     * @throws MergeRefusedException if the hook looks at more than the token, or the stacks would differ
     */
    float[] table(ModelSite site, float[] before) {
        List<ModelSite> all = base.shape().sites().stream()
                .filter(other -> other.slot() == Slot.WORDS)
                .map(ModelSite.class::cast)
                .toList();
        if (!overlay.hookedSites().containsAll(all)) {
            throw new MergeRefusedException(
                    site.path(), "its table of words is that of another stack too, which nothing changes");
        }
        int words = (int) site.frozenWeight().shape()[0];
        int width = site.outputSize();
        float[] table = new float[words * width];
        for (int from = 0; from < words; from += BLOCK) {
            int[] ids = IntStream.range(from, Math.min(words, from + BLOCK)).toArray();
            float[] rows = probe.words(site, ids, true);
            if (!Arrays.equals(rows, probe.words(site, ids, false))) {
                throw new MergeRefusedException(site.path(), "its hook looks at more than the token");
            }
            System.arraycopy(rows, 0, table, from * width, rows.length);
        }
        if (before != null && !Arrays.equals(before, table)) {
            throw new MergeRefusedException(site.path(), "its table of words would differ between the stacks");
        }
        return table;
    }

    /**
     * Lets a projection that was the table be itself where only one of them changed, or both otherwise.
     *
     * @param merged what changed, by name
     * @param table name of the table
     * @param head name of the projection
     * @param own what a table is as a projection of its own
     */
    static void untie(
            Map<String, float[]> merged,
            String table,
            String head,
            float[] frozen,
            java.util.function.UnaryOperator<float[]> own) {
        float[] words = merged.get(table);
        if (words == null) {
            return;
        }
        float[] projection = merged.get(head);
        if (projection == null) {
            merged.put(head, own.apply(frozen));
        } else if (Merger.distance(projection, own.apply(words)) <= Merger.TOLERANCE) {
            merged.remove(head);
        }
    }
}
