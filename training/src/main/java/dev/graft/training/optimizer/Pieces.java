package dev.graft.training.optimizer;

import java.util.ArrayList;
import java.util.List;

/** Cuts the elements of many tensors, seen as one row, into pieces of near-equal size. */
final class Pieces {
    private Pieces() {}

    /** Elements {@code from} (inclusive) to {@code to} (exclusive) of a tensor. */
    record Range(int tensor, int from, int to) {}

    /** At most {@code pieces} lists of ranges, none empty, each of at least {@code least} elements but for the last. */
    static List<List<Range>> cut(int[] lengths, int pieces, int least) {
        long total = 0;
        for (int length : lengths) {
            total += length;
        }
        long size = Math.max(least, (total + pieces - 1) / pieces);
        List<List<Range>> cut = new ArrayList<>();
        long room = 0;
        for (int tensor = 0; tensor < lengths.length; tensor++) {
            for (int from = 0; from < lengths[tensor]; ) {
                if (room == 0) {
                    cut.add(new ArrayList<>());
                    room = size;
                }
                int to = (int) Math.min(lengths[tensor], from + room);
                cut.get(cut.size() - 1).add(new Range(tensor, from, to));
                room -= to - from;
                from = to;
            }
        }
        return cut;
    }
}
