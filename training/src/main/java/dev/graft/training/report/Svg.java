package dev.graft.training.report;

import java.util.Locale;

/** Pieces of an SVG picture as text; everything that comes from outside is escaped. */
final class Svg {
    private Svg() {}

    /**
     * An element without content.
     *
     * @param parts names and values in turn; a last one alone is put in as it is
     */
    static String tag(String name, Object... parts) {
        StringBuilder text = new StringBuilder("<").append(name);
        for (int i = 0; i + 1 < parts.length; i += 2) {
            Object value = parts[i + 1];
            text.append(' ').append(parts[i]).append("=\"");
            text.append(value instanceof Double number ? number(number) : Markup.escape(value.toString()));
            text.append('"');
        }
        if (parts.length % 2 == 1) {
            text.append(parts[parts.length - 1]);
        }
        return text.append("/>").toString();
    }

    /**
     * A line of text.
     *
     * @param anchor start, middle or end: which part of it stands at the place
     */
    static String text(double x, double y, String anchor, String text) {
        return text(x, y, anchor, "", text);
    }

    /** A line of text with more attributes. */
    static String text(double x, double y, String anchor, String more, String text) {
        return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\"" + more + ">"
                + Markup.escape(text) + "</text>";
    }

    /** A line that is drawn thin and grey. */
    static String rule(double x1, double y1, double x2, double y2) {
        return tag("line", "x1", x1, "y1", y1, "x2", x2, "y2", y2, "stroke", "#bbbbbb", "stroke-width", "0.6");
    }

    /** An upright line: the interval of a value. */
    static String upright(double x, double y1, double y2, String colour) {
        return tag("line", "x1", x, "y1", y1, "x2", x, "y2", y2, "stroke", colour, "stroke-width", "1.2");
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }

    /** The whole picture, which says in words what it shows. */
    static String picture(double width, double height, String title, String content) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " + number(height)
                + "\" role=\"img\" aria-label=\"" + Markup.escape(title)
                + "\" font-family=\"sans-serif\" font-size=\"12\">"
                + "<title>" + Markup.escape(title) + "</title>" + content + "</svg>";
    }
}
