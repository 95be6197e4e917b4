package dev.graft.training.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plots, tables and pages: what is drawn where, that nothing from outside becomes markup, and that no colour is needed. */
class ReportTest {
    private static final String HOSTILE = "<script>alert('x')</script> & \"quotes\" | #_%";

    private static List<Double> numbers(String svg, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(svg);
        List<Double> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(Double.parseDouble(matcher.group(1)));
        }
        return found;
    }

    @Test
    void axesHoldTheirValuesAndMarkRoundNumbers() {
        Scale scale = Scale.of(68.4, 71.6, 330, 14);
        assertTrue(scale.low() <= 68.4 && scale.high() >= 71.6, scale.toString());
        assertEquals(330, scale.at(scale.low()), 1e-9);
        assertEquals(14, scale.at(scale.high()), 1e-9);
        assertEquals(
                List.of("68", "69", "70", "71", "72"),
                scale.marks().stream().map(scale::label).toList());
        Scale log = Scale.logarithmic(10_000, 1_000_000, 0, 100);
        assertEquals(log.at(100_000) - log.at(10_000), log.at(1_000_000) - log.at(100_000), 1e-9);
        assertTrue(
                log.marks().stream().map(log::label).toList().containsAll(List.of("10k", "100k", "1M")),
                log.marks().toString());
        assertTrue(Scale.of(3, 3, 0, 1).low() < 3, "one value alone has an axis too");
        assertThrows(IllegalArgumentException.class, () -> Scale.logarithmic(0, 1, 0, 1));
    }

    @Test
    void pointsStandWhereTheirValuesAre() {
        String svg = Plots.numbered(
                "t", "x", "y", List.of(new Series.Point(1000, 90, 88, 92), new Series.Point(100_000, 80, 79, 81)));
        List<Double> across = numbers(svg, "<circle cx=\"([0-9.]+)\"");
        List<Double> up = numbers(svg, "cy=\"([0-9.]+)\"");
        assertTrue(across.get(1) < across.get(0), "the last is drawn first: more parameters stand further right");
        assertTrue(up.get(1) < up.get(0), "90 stands above 80");
        assertTrue(svg.contains(">1</text>") && svg.contains(">2</text>"), svg);
    }

    @Test
    void linesDifferInMoreThanColour() {
        List<Series> series = Stream.iterate(0, i -> i + 1)
                .limit(Ink.SERIES)
                .map(i -> new Series("s" + i, List.of(new Series.Point(1, i), new Series.Point(2, i + 1)), true))
                .toList();
        String svg = Plots.lines("t", "x", "y", series, false);
        Matcher dashes = Pattern.compile("stroke-width=\"1.8\" stroke-dasharray=\"([^\"]+)\"")
                .matcher(svg);
        List<String> found = new ArrayList<>();
        while (dashes.find()) {
            found.add(dashes.group(1));
        }
        assertEquals(Ink.SERIES, found.stream().distinct().count(), found.toString());
        for (int i = 0; i < Ink.SERIES; i++) {
            String mark = Ink.mark(i, 0, 0).replaceAll("fill=\"[^\"]*\"", "");
            for (int j = 0; j < i; j++) {
                assertFalse(mark.equals(Ink.mark(j, 0, 0).replaceAll("fill=\"[^\"]*\"", "")), i + " looks like " + j);
            }
        }
    }

    @Test
    void aHeatMapRisesInLightAndShowsItsNumbers() {
        double before = -1;
        for (int i = 0; i <= 20; i++) {
            String colour = Ink.heat(i / 20.0);
            double light = 0.2126 * part(colour, 1) + 0.7152 * part(colour, 3) + 0.0722 * part(colour, 5);
            assertTrue(light > before, colour + " is not lighter than the one before");
            before = light;
        }
        double[][] values = {{1.25, Double.NaN}, {2.5, 3.75}};
        String svg = HeatMap.of("t", "r", List.of("1", "2"), "c", List.of("a", "b"), values, 2);
        for (String number : List.of("1.25", "2.50", "3.75")) {
            assertTrue(svg.contains(">" + number + "</text>"), svg);
        }
        assertFalse(svg.contains("NaN"), svg);
    }

    private static int part(String colour, int at) {
        return Integer.parseInt(colour.substring(at, at + 2), 16);
    }

    @Test
    void barsAreAsLongAsTheirValues() {
        String svg = Bars.of("t", "ms", List.of("a", "b"), List.of("short"), new double[][] {{2}, {4}}, 1);
        List<Double> widths = numbers(svg, "<rect[^>]* width=\"([0-9.]+)\"");
        assertEquals(2, widths.get(1) / widths.get(0), 0.01);
        assertTrue(Bars.of("t", "ms", List.of("a"), List.of("k"), new double[][] {{Double.NaN}}, 1)
                .contains("none"));
    }

    @Test
    void nothingFromOutsideBecomesMarkup() {
        Table table = new Table(HOSTILE, List.of(HOSTILE, "n"), 1, List.of(List.of(HOSTILE, "1")));
        String page = new HtmlPage(HOSTILE)
                .heading(HOSTILE)
                .paragraph(HOSTILE)
                .items(List.of(HOSTILE))
                .command(HOSTILE)
                .figure(
                        Plots.lines(
                                HOSTILE,
                                HOSTILE,
                                HOSTILE,
                                List.of(new Series(HOSTILE, List.of(new Series.Point(1, 1)), true)),
                                false),
                        HOSTILE)
                .table(table)
                .html();
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("\"quotes\""), page);
        assertTrue(page.contains("default-src 'none'"), "nothing may be loaded");
        assertEquals(-1, page.indexOf("{{"), page);
        assertTrue(table.toMarkdown().contains("\\|"), table.toMarkdown());
        assertTrue(table.toLatex().contains("\\#\\_\\%") && table.toLatex().contains("\\&"), table.toLatex());
        assertThrows(IllegalArgumentException.class, () -> new Table("t", List.of("a"), 1, List.of(List.of("1", "2"))));
    }
}
