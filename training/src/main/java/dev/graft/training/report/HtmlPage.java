package dev.graft.training.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
        body.append("<div class=\"wide\"><table><caption>Table ")
                .append(tables)
                .append(". ")
                .append(Markup.escape(table.title()))
                .append("</caption><thead><tr>");
        cells(table, table.columns(), "th scope=\"col\"", "th");
        body.append("</tr></thead><tbody>\n");
        for (List<String> row : table.rows()) {
            body.append("<tr>");
            cells(table, row, "td", "td");
            body.append("</tr>\n");
        }
        body.append("</tbody></table></div>\n");
        return this;
    }

    private void cells(Table table, List<String> cells, String begin, String end) {
        for (int i = 0; i < cells.size(); i++) {
            String number = i < table.words() ? "" : " class=\"number\"";
            body.append('<').append(begin).append(number).append('>').append(Markup.escape(cells.get(i)));
            body.append("</").append(end).append('>');
        }
    }

    /** The whole file. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + Markup.escape(title)
                + "</title>\n<style>\n" + style() + "</style></head>\n<body>\n" + body + "</body></html>\n";
    }

    private static String style() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("page.css")) {
            if (in == null) {
                throw new IllegalStateException("the build left out the resource page.css");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
