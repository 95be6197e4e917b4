package dev.graft.training.experiment;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.training.report.HeatMap;
import dev.graft.training.report.HtmlPage;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Plots;
import dev.graft.training.report.Series;
import dev.graft.training.report.Table;
import dev.graft.training.study.StudyResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An outcome as one HTML file: rankings, plots with a table for each, tests, and all that is needed to repeat it. */
public final class ExperimentReport {
    private final Outcome outcome;
    private final Tables tables;
    private final HtmlPage page;

    private ExperimentReport(Outcome outcome) {
        this.outcome = outcome;
        this.tables = new Tables(outcome);
        Experiment experiment = outcome.experiment();
        this.page = new HtmlPage(experiment.name() + (experiment.quick() ? ", a quick look" : ""));
    }

    /** Writes the page; the file is complete or not there. */
    public static void write(Outcome outcome, Path file) throws IOException {
        AtomicFiles.write(file, of(outcome));
    }

    /** The page. */
    public static String of(Outcome outcome) {
        return new ExperimentReport(outcome).html();
    }

    private String html() {
        Experiment experiment = outcome.experiment();
        if (!experiment.claim().isEmpty()) {
            page.paragraph("Claim: " + experiment.claim());
        }
        page.items(findings());
        if (tables.groups().size() > 1) {
            overview();
        }
        tables.groups().forEach(this::group);
        outcome.studies().forEach(this::study);
        if (experiment.trains()) {
            page.heading("Tests, trials and failures");
            tables.rest().forEach(page::table);
        }
        page.heading("Repeat it");
        page.command(outcome.provenance().getOrDefault("command", ""));
        page.paragraph((experiment.trains()
                        ? "Each row of results.jsonl has the command that trains its adapter again, and the folder of "
                                + "the run's record. "
                        : "studies.jsonl has every number. ")
                + "Times and memory differ from one repetition to the next; all other figures are the "
                + "same, bit for bit, on machines of one kind, and so is the digest.");
        page.table(tables.facts());
        return page.html();
    }

    /** The result in sentences. */
    private List<String> findings() {
        List<String> findings = new ArrayList<>();
        for (Group group : tables.groups()) {
            List<Summary> ranked = group.ranked();
            if (!ranked.isEmpty()) {
                long same = ranked.stream()
                        .skip(1)
                        .filter(one -> tables.verdict(group, one).startsWith(Tables.SAME))
                        .count();
                findings.add(
                        group.title() + ": first is " + ranked.get(0).variant().name() + "; against "
                                + tables.against(group) + " no difference is shown for " + same + " of the others.");
            }
        }
        Experiment experiment = outcome.experiment();
        if (!experiment.trains()) {
            return findings;
        }
        findings.add("Each run had " + experiment.budget().text() + ", with "
                + (experiment.seeds().size() == 1
                        ? "one seed"
                        : experiment.seeds().size() + " seeds") + "; "
                + experiment.tuning().text() + ".");
        return findings;
    }

    /** Where there are several bases or data: the main figure of every variant on each. */
    private void overview() {
        List<Group> groups = tables.groups();
        List<String> names =
                outcome.experiment().variants().stream().map(Variant::name).toList();
        List<String> columns = groups.stream().map(Group::data).toList();
        if (columns.stream().distinct().count() < columns.size()) {
            columns = groups.stream().map(Group::title).toList();
        }
        double[][] means = new double[names.size()][groups.size()];
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            List<String> row = new ArrayList<>(List.of(names.get(i)));
            for (int j = 0; j < groups.size(); j++) {
                Group group = groups.get(j);
                means[i][j] = group.summaries().get(i).mean(group.main()) * group.factor();
                row.add(Double.isNaN(means[i][j]) ? "-" : Numbers.fixed(means[i][j], group.digits()));
            }
            rows.add(row);
        }
        String title = "Mean " + groups.get(0).mainTitle() + " of every variant, on all data";
        List<String> header = new ArrayList<>(List.of("variant"));
        header.addAll(columns);
        page.figure(
                HeatMap.of(
                        title,
                        "variant",
                        names,
                        "data",
                        columns,
                        means,
                        groups.get(0).digits()),
                title + "; light is high. The next table has the numbers.");
        page.table(new Table(title, header, 1, rows));
    }

    private void study(StudyResult study) {
        page.heading(study.title() + ": " + study.base());
        page.paragraph(study.note());
        for (StudyResult.Part part : study.parts()) {
            if (part.picture() != null) {
                page.figure(part.picture(), part.table().title() + "; the next table has the numbers.");
            }
            page.table(part.table());
        }
    }

    private void group(Group group) {
        page.heading(group.title());
        if (group.ranked().isEmpty()) {
            page.paragraph("No run ended well.");
            return;
        }
        page.table(tables.ranking(group));
        page.figure(
                scatter(group),
                "By " + group.mainTitle()
                        + " on the test rows and trained parameters (logarithmic); the numbers are the "
                        + "ranks of the table above, the upright lines 95 % intervals over the seeds.");
        new Sweeps(group).add(page);
        new LatencyPlot(group).add(page);
        Curves curves = new Curves(group);
        page.figure(curves.picture(), curves.caption());
        page.table(curves.table());
        page.table(tables.cost(group));
    }

    private static String scatter(Group group) {
        List<Series.Point> points = new ArrayList<>();
        for (Summary one : group.ranked()) {
            points.add(group.point(Math.max(1, one.mean("trainable_parameters")), one));
        }
        return Plots.numbered(
                group.mainTitle() + " against trained parameters: " + group.title(),
                "trained parameters",
                group.mainTitle(),
                points);
    }
}
