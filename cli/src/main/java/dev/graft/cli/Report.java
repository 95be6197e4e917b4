package dev.graft.cli;

import dev.graft.peft.spi.file.Json;
import jakarta.inject.Inject;
import java.util.Map;
import picocli.CommandLine.Option;

/** Results on standard output: lines for people, one line of JSON for programs. */
final class Report {
    private final Console console;

    @Option(names = "--json", description = "Print the result as one line of JSON.")
    private boolean json;

    @Inject
    Report(Console console) {
        this.console = console;
    }

    /** True if a program reads. */
    boolean json() {
        return json;
    }

    /** Prints keys with their values. */
    void print(Map<String, ?> result) {
        if (json) {
            console.out().println(Json.line(result));
            return;
        }
        int width = result.keySet().stream().mapToInt(String::length).max().orElse(0);
        result.forEach((key, value) -> console.out().printf("%-" + width + "s  %s%n", key, value));
    }
}
