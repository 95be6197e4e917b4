package dev.graft.cli;

import dev.graft.peft.spi.file.Json;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
        Map<String, String> lines = new LinkedHashMap<>();
        flatten("", result, lines);
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        lines.forEach((key, value) -> console.out().println(key + " ".repeat(width + 2 - key.length()) + value));
    }

    private static void flatten(String above, Map<?, ?> map, Map<String, String> lines) {
        map.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                flatten(above + key + " ", inner, lines);
            } else {
                lines.put(above + key, text(value));
            }
        });
    }

    /** A value as people read it: numbers with six digits, lists with commas, a dash for nothing. */
    static String text(Object value) {
        if (value instanceof Double number && Double.isFinite(number)) {
            return new BigDecimal(number)
                    .round(new MathContext(6))
                    .stripTrailingZeros()
                    .toPlainString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Report::text).collect(Collectors.joining(", "));
        }
        return value == null ? "-" : value.toString();
    }
}
