package dev.graft.training.report;

import java.util.List;

/**
 * A line of a plot.
 *
 * @param name in the legend
 * @param points from left to right
 * @param marked true to mark each point with the series' shape
 */
public record Series(String name, List<Point> points, boolean marked) {
    /** Copies the list. */
    public Series {
        points = List.copyOf(points);
    }

    /**
     * A point.
     *
     * @param x to the right
     * @param y upwards
     * @param low end of its band; y itself where there is none
     * @param high end of its band
     */
    public record Point(double x, double y, double low, double high) {
        /** A point without a band. */
        public Point(double x, double y) {
            this(x, y, y, y);
        }
    }
}
