package dev.graft.training.experiment;

import dev.graft.training.report.Table;
import java.util.stream.Collectors;

/** How an outcome is printed. */
public enum Format {
    /** The tables that fit into a terminal. */
    TEXT,
    /** Tables for a text file that is read on a web page. */
    MARKDOWN,
    /** Tables for a paper. */
    LATEX,
    /** Every run with every digit, for programs. */
    CSV;

    /** The outcome as text. */
    public String of(Outcome outcome) {
        return switch (this) {
            case TEXT -> new Tables(outcome).some().stream().map(Table::toText).collect(Collectors.joining());
            case MARKDOWN ->
                new Tables(outcome).all().stream().map(Table::toMarkdown).collect(Collectors.joining());
            case LATEX -> new Tables(outcome).all().stream().map(Table::toLatex).collect(Collectors.joining());
            case CSV -> ResultsCsv.of(outcome);
        };
    }
}
