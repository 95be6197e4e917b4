package dev.graft.training.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.training.files.CompleteFile;
import dev.graft.training.report.Markup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A comparison as one HTML file that needs nothing else: the plots' library (Chart.js) and the figures are inside, and a
 * content security policy forbids the page to load anything.
 */
public final class HtmlReport {
    private static final int POINTS = 200;

    private HtmlReport() {}

    /** Writes the page to a file; its folder is made if it is not there. */
    public static void write(Comparison comparison, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        CompleteFile.write(file, of(comparison));
    }

    /** The page. */
    public static String of(Comparison comparison) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(
                "title",
                Markup.escape("Methods compared on " + comparison.provenance().data()));
        values.put("heading", Markup.escape(Advice.heading(comparison)));
        values.put("base", Markup.escape(comparison.provenance().base()));
        values.put("source", Markup.escape(comparison.provenance().data()));
        values.put("style", Markup.resource(HtmlReport.class, "report.css"));
        values.put("findings", items(Advice.findings(comparison)));
        values.put("noise", Markup.escape(Advice.noise(comparison)));
        values.put("failures", failures(comparison.failures()));
        values.put("short", HtmlTable.of(comparison, Column.SHORT));
        values.put("ranks", HtmlTable.ranks(comparison));
        values.put("quality", HtmlTable.of(comparison, Column.QUALITY));
        values.put("losses", HtmlTable.losses(comparison));
        values.put("cost", HtmlTable.of(comparison, Column.COST));
        values.put("settings", HtmlTable.facts(settings(comparison)));
        values.put("facts", HtmlTable.facts(Advice.facts(comparison)));
        values.put("command", Markup.escape(comparison.provenance().command()));
        values.put("best", Markup.escape(comparison.ranked().get(0).first().method()));
        values.put(
                "licence",
                Page.script(Markup.resource(HtmlReport.class, "chart.LICENSE.md"))
                        .replace("*/", "* /"));
        values.put("library", Page.script(Markup.resource(HtmlReport.class, "chart.umd.min.js")));
        values.put("data", Page.json(ComparisonJson.text(plots(comparison))));
        values.put("script", Page.script(Markup.resource(HtmlReport.class, "report.js")));
        return Page.fill(Markup.resource(HtmlReport.class, "report.html"), values);
    }

    private static String items(List<String> texts) {
        return texts.stream()
                .map(text -> "<li>" + Markup.escape(text) + "</li>\n")
                .collect(Collectors.joining("", "<ul>\n", "</ul>"));
    }

    private static String failures(List<FailedRun> failures) {
        return failures.isEmpty()
                ? ""
                : "<h3>Runs that failed</h3>\n"
                        + items(failures.stream().map(Advice::failure).toList());
    }

    private static List<List<String>> settings(Comparison comparison) {
        return comparison.ranked().stream()
                .map(one -> List.of(
                        one.name(),
                        one.first().settings().isEmpty()
                                ? "none"
                                : one.first().settings().entrySet().stream()
                                        .map(setting -> setting.getKey() + " = " + setting.getValue())
                                        .collect(Collectors.joining(", "))))
                .toList();
    }

    /** What the plots show, in the order of rank. */
    private static ObjectNode plots(Comparison comparison) {
        ObjectNode root = ComparisonJson.object();
        ArrayNode methods = root.putArray("methods");
        for (MethodSummary one : comparison.ranked()) {
            ObjectNode method = methods.addObject();
            method.put("name", one.name());
            method.put("parameters", one.first().trainableParameters());
            method.put("accuracy", 100 * one.accuracy().mean());
            method.put("deviation", 100 * one.accuracy().deviation());
            method.put("seconds", one.spread(run -> run.cost().trainSeconds()).mean());
            method.put("memory", one.spread(run -> run.cost().peakMemoryMib()).mean());
            method.put("latency", one.spread(run -> run.cost().latencyMillis()).mean());
            List<LossPoint> all = one.losses();
            List<LossPoint> smooth = LossCurves.smooth(all, LossCurves.window(all.size()));
            method.set("losses", ComparisonJson.points(LossCurves.thin(smooth, POINTS)));
        }
        return root;
    }
}
