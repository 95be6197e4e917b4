package dev.graft.training.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final Pattern SCRIPT = Pattern.compile("<script[^>]*>(.*?)</script>", Pattern.DOTALL);

    private static long count(String text, String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE)
                .matcher(text)
                .results()
                .count();
    }

    private static JsonNode data(String page) throws IOException {
        String json =
                SCRIPT.matcher(page).results().skip(1).findFirst().orElseThrow().group(1);
        assertFalse(json.contains("<") || json.contains(">") || json.contains("&"), json);
        return new ObjectMapper().readTree(json);
    }

    @Test
    void thePageAsksForNothing() {
        String page = HtmlReport.of(Sample.large());
        String markup = SCRIPT.matcher(page).replaceAll("");
        assertEquals(0, count(markup, "\\s(src|href|srcset|action|data)\\s*=|<link|<iframe|<object|@import|url\\("));
        assertEquals(0, count(page, "sourceMappingURL"));
        assertEquals(
                1, count(page, "content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"));
        assertTrue(page.indexOf("Content-Security-Policy") < page.indexOf("<style>"));
        assertEquals(1, count(page, "Chart\\.js v4\\.5\\.1"));
        assertEquals(1, count(page, "Permission is hereby granted"));
    }

    @Test
    void everyFigureHasATableAndEveryPlaceIsFilled() {
        String page = HtmlReport.of(Sample.large());
        String markup = SCRIPT.matcher(page).replaceAll("");
        assertEquals(3, count(markup, "</figure>\\s*<div class=\"wide\"><table>"));
        assertEquals(5, count(markup, "<canvas"));
        assertEquals(5 * 9, count(markup, "<tr><td>"), "five tables of nine methods");
        assertTrue(markup.contains("<td>1</td><td>full 77.9 \u00B1 0.1</td><td>head 9,240</td>"));
        assertEquals(0, count(page, "\\{\\{"));
        assertTrue(markup.contains("<td>lora (r=16)</td>"));
        assertTrue(markup.contains("77.9 \u00B1 0.1"));
        assertTrue(markup.contains("Graft 0.1.0, ND4J 1.0.0-M2.1"));
        assertTrue(markup.contains("<pre>graft compare --full --seeds 3 --methods head,lora,prefix</pre>"));
        assertTrue(markup.contains("lower --learning-rate &lt;b&gt;"));
    }

    @Test
    void plotsShowWhatTheTablesSay() throws IOException {
        JsonNode methods = data(HtmlReport.of(Sample.large())).get("methods");
        assertEquals(9, methods.size());
        JsonNode best = methods.get(0);
        assertEquals("full", best.get("name").textValue());
        assertEquals(77.9, best.get("accuracy").doubleValue(), 1e-9);
        assertEquals(0.1, best.get("deviation").doubleValue(), 1e-9);
        assertEquals(22_722_456, best.get("parameters").intValue());
        assertEquals(200, best.get("losses").size());
        assertEquals(375, best.get("losses").get(199).get(0).intValue());
    }

    @Test
    void namesCannotBreakOutOfThePage() throws IOException {
        Comparison hostile = Sample.single();
        String page = HtmlReport.of(hostile);
        assertEquals(3, count(page, "<script"));
        assertEquals(3, count(page, "</script"));
        assertEquals(0, count(page, "<img|<!--"));
        String name = hostile.results().get(0).method();
        assertEquals(name, data(page).get("methods").get(0).get("name").textValue());
        assertTrue(page.contains("onerror=alert(1)&gt;{{data}}&lt;!--"), "places inside values are not filled");
    }

    @Test
    void programsCannotEndTheirElement() {
        assertEquals(
                "a = '<\\/SCRIPT>' + '<\\!-- ';\n",
                Page.script("a = '</SCRIPT>' + '<!-- ';\n//# sourceMappingURL=x.map"));
        assertThrows(IllegalStateException.class, () -> Page.fill("{{typo}}", Map.of()));
        assertEquals("{{b}} $1", Page.fill("{{a}}", Map.of("a", "{{b}} $1", "b", "no")));
    }

    @Test
    void thePageIsWrittenWhole(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new/report.html");
        HtmlReport.write(Sample.large(), file);
        assertEquals(HtmlReport.of(Sample.large()), Files.readString(file));
        try (var files = Files.list(file.getParent())) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void jsonHoldsEveryRunAndLoss() throws IOException {
        JsonNode json = new ObjectMapper().readTree(ComparisonJson.of(Sample.large()));
        assertEquals(9, json.get("methods").size());
        JsonNode run = json.get("methods").get(3).get("runs").get(2);
        assertEquals("lora", run.get("method").textValue());
        assertEquals(2, run.get("seed").intValue());
        assertEquals(0.757, run.get("accuracy").doubleValue(), 1e-12);
        assertEquals(16, run.get("settings").get("r").intValue());
        assertEquals(375, run.get("losses").size());
        assertEquals("adalora", json.get("failures").get(0).get("method").textValue());
        assertEquals("2 cores, AVX-512", json.get("provenance").get("CPU").textValue());
    }
}
