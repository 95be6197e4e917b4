package dev.graft.autograd.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Neighbouring terms of a product that are summed at a time, so that the parts of a long row are not in memory at once.
 *
 * @param all blocks of the weight
 * @param blocks those of these terms, blocks of the same columns together
 * @param start the first term
 * @param end behind the last one
 */
record Panel(List<SplitWeight.Block> all, int[] blocks, long start, long end) {
    /** Most terms of a panel. */
    private static final long MOST = 4096;

    /** All terms of a weight, in order. */
    static List<Panel> of(List<SplitWeight.Block> all) {
        List<Panel> panels = new ArrayList<>();
        int from = 0;
        while (from < all.size() && all.get(from).column() == 0) {
            long start = all.get(from).row();
            int to = from + 1;
            while (to < all.size() && all.get(to).column() == 0 && end(all.get(to)) - start <= MOST) {
                to++;
            }
            long end = end(all.get(to - 1));
            int[] some = IntStream.range(0, all.size())
                    .filter(i -> all.get(i).row() >= start && all.get(i).row() < end)
                    .toArray();
            panels.add(new Panel(all, some, start, end));
            from = to;
        }
        return panels;
    }

    private static long end(SplitWeight.Block block) {
        return block.row() + block.rows();
    }
}
