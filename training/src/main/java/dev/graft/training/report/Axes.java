package dev.graft.training.report;

/**
 * The frame of a plot with two axes.
 *
 * @param x along the bottom
 * @param y along the left side; its places fall from the bottom to the top
 * @param xTitle below
 * @param yTitle at the side
 */
record Axes(Scale x, Scale y, String xTitle, String yTitle) {
    static final double WIDTH = 720;
    static final double HEIGHT = 380;
    static final double LEFT = 62;
    static final double RIGHT = 700;
    static final double TOP = 14;
    static final double BOTTOM = 330;

    /** Marks with their numbers, thin rules across and titles. */
    String draw() {
        StringBuilder text = new StringBuilder();
        for (double mark : y.marks()) {
            text.append(Svg.rule(LEFT, y.at(mark), RIGHT, y.at(mark)));
            text.append(Svg.text(LEFT - 6, y.at(mark) + 4, "end", y.label(mark)));
        }
        for (double mark : x.marks()) {
            text.append(Svg.rule(x.at(mark), TOP, x.at(mark), BOTTOM));
            text.append(Svg.text(x.at(mark), BOTTOM + 16, "middle", x.label(mark)));
        }
        return text.append(titles()).toString();
    }

    /** The two lines and the titles alone. */
    String titles() {
        double middle = (TOP + BOTTOM) / 2;
        String turned = " transform=\"rotate(-90 14 " + Svg.number(middle) + ")\"";
        return Svg.tag(
                        "path",
                        "d",
                        "M" + LEFT + " " + TOP + "V" + BOTTOM + "H" + RIGHT,
                        "fill",
                        "none",
                        "stroke",
                        "#333333")
                + Svg.text((LEFT + RIGHT) / 2, BOTTOM + 36, "middle", xTitle)
                + Svg.text(14, middle, "middle", turned, yTitle);
    }
}
