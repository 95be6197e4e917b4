package dev.graft.transformer.model;

import java.util.List;

/** Ends a text in front of the first of some strings: what may be the start of one is held back until that is known. */
final class StopStrings {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    StopStrings(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    /** Takes a piece and gives out what certainly stands in front of every stop string. */
    String add(String piece) {
        held.append(piece);
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        if (first >= 0) {
            found = true;
            held.setLength(first);
            return finish();
        }
        int open = held.length();
        for (String stop : stops) {
            open = Math.min(open, start(stop));
        }
        return take(open);
    }

    /** Where the longest end of what is held begins that a stop string begins with. */
    private int start(String stop) {
        for (int from = Math.max(0, held.length() - stop.length() + 1); from < held.length(); from++) {
            if (stop.startsWith(held.substring(from))) {
                return from;
            }
        }
        return held.length();
    }

    /** Everything that is held back. */
    String finish() {
        return take(held.length());
    }

    private String take(int length) {
        String taken = held.substring(0, length);
        held.delete(0, length);
        return taken;
    }

    /** True once a stop string came. */
    boolean found() {
        return found;
    }
}
