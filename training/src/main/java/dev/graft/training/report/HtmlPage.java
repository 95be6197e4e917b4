package dev.graft.training.report;

import java.util.List;

/**
 * One HTML file that needs nothing else: no script, no font, no picture from elsewhere, which a content security policy
 * also forbids. It is written from top to bottom.
 */
public final class HtmlPage {
    private final String title;
    private final StringBuilder body = new StringBuilder();
    private int figures;
    private int tables;

    /** A page that begins with its title. */
    public HtmlPage(String title) {
        this.title = title;
        body.append("<h1>").append(Markup.escape(title)).append("</h1>\n");
    }

    /** A heading of a part. */
    public HtmlPage heading(String text) {
        body.append("<h2>").append(Markup.escape(text)).append("</h2>\n");
        return this;
    }

    /** Sentences. */
    public HtmlPage paragraph(String text) {
        body.append("<p>").append(Markup.escape(text)).append("</p>\n");
        return this;
    }

    /** A command to be typed. */
    public HtmlPage command(String text) {
        body.append("<pre>").append(Markup.escape(text)).append("</pre>\n");
        return this;
    }

    /** Short sentences below each other; nothing where there are none. */
    public HtmlPage items(List<String> texts) {
        if (!texts.isEmpty()) {
            body.append("<ul>\n");
            texts.forEach(
                    text -> body.append("<li>").append(Markup.escape(text)).append("</li>\n"));
            body.append("</ul>\n");
        }
        return this;
    }

    /**
     * A picture.
     *
     * @param svg as {@link Plots} and its like draw it
     * @param caption what it shows, and which table has its numbers
     */
    public HtmlPage figure(String svg, String caption) {
        figures++;
        body.append("<figure>")
                .append(svg)
                .append("<figcaption>Figure ")
                .append(figures)
                .append(". ")
                .append(Markup.escape(caption))
                .append("</figcaption></figure>\n");
        return this;
    }

    /** A table with its title above it. */
    public HtmlPage table(Table table) {
        tables++;
        body.append("<div class=\"wide\">")
                .append(table.toHtml("Table " + tables + ". " + table.title()))
                .append("</div>\n");
        return this;
    }

    /** The whole file. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + Markup.escape(title)
                + "</title>\n<style>\n" + Markup.resource(HtmlPage.class, "page.css") + "</style></head>\n<body>\n"
                + body + "</body></html>\n";
    }
}
