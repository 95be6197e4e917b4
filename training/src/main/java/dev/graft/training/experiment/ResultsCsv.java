package dev.graft.training.experiment;

import dev.graft.training.report.CsvLine;
import dev.graft.training.study.StudyResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Results as comma-separated values, as RFC 4180 has them: a line for each run, with every digit; where nothing was trained,
 * a line for each number of the studies.
 */
public final class ResultsCsv {
    private static final List<String> FIRST =
            List.of("experiment", "base", "data", "name", "method", "settings", "seed", "learning_rate", "failure");

    private ResultsCsv() {}

    /** All results. */
    public static String of(Outcome outcome) {
        if (!outcome.experiment().trains()) {
            return studies(outcome);
        }
        Set<String> figures = new LinkedHashSet<>();
        Set<String> measured = new LinkedHashSet<>();
        outcome.results().forEach(result -> {
            figures.addAll(result.figures().keySet());
            measured.addAll(result.measured().keySet());
        });
        List<Object> header = new ArrayList<>(FIRST);
        header.addAll(figures);
        header.addAll(measured);
        header.addAll(List.of("run", "command"));
        StringBuilder text = new StringBuilder(CsvLine.of(header));
        for (Result one : outcome.results()) {
            List<Object> cells = new ArrayList<>(List.of(
                    outcome.experiment().name(),
                    one.base(),
                    one.data(),
                    one.variant().name(),
                    one.variant().method(),
                    one.variant().settings(),
                    one.seed(),
                    one.learningRate(),
                    one.failure() == null ? "" : one.failure()));
            figures.forEach(key -> cells.add(one.figures().get(key)));
            measured.forEach(key -> cells.add(one.measured().get(key)));
            cells.add(one.run());
            cells.add(one.command());
            text.append(CsvLine.of(cells));
        }
        return text.toString();
    }

    /** Numbers of studies, one a line. */
    private static String studies(Outcome outcome) {
        StringBuilder text = new StringBuilder(CsvLine.of(List.of("study", "base", "what", "figure", "value")));
        for (StudyResult study : outcome.studies()) {
            for (StudyResult.Row row : study.rows()) {
                Map<String, Object> all = new LinkedHashMap<>(row.figures());
                all.putAll(row.measured());
                all.forEach((figure, value) ->
                        text.append(CsvLine.of(List.of(study.study(), study.base(), row.what(), figure, value))));
            }
        }
        return text.toString();
    }
}
