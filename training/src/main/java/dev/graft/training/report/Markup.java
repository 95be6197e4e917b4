package dev.graft.training.report;

/** Text in HTML and SVG. */
public final class Markup {
    private Markup() {}

    /** Text between tags or in an attribute: nothing in it can be taken for markup. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
