package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Runs that are trained at once, a JSON object a line: keys are options of train that a run has of its own, such as
 * {@code {"method": "lora", "set": {"r": 4}, "output": "runs/a"}}. What a line leaves out is as on the command line.
 */
final class RunsFile {
    /** The option that names the file. */
    static final String OPTION = "--runs";

    private static final String SET = "set";

    private RunsFile() {}

    /**
     * A run.
     *
     * @param where file and line, for messages; null for the run of the command line
     * @param options its own, over those of the command line
     * @param command that gives the same run alone
     */
    record Line(String where, RunOptions options, List<String> command) {}

    /**
     * Reads all lines.
     *
     * @param given the options of the command line
     * @throws SettingsException that names the line, if an option is unknown or wrong, or two runs have one folder
     */
    static List<Line> read(Path file, List<OptionSpec> given) throws IOException {
        List<String> common = words(given.stream()
                .filter(option -> !option.longestName().equals(OPTION))
                .toList());
        List<String> own = words(given.stream()
                .filter(option -> names().contains(option.longestName()))
                .toList());
        List<Line> lines = new ArrayList<>();
        Set<Path> folders = new HashSet<>();
        List<String> texts = texts(file);
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).isBlank()) {
                String where = file + ", line " + (i + 1);
                List<String> words = words(where, file, texts.get(i));
                RunOptions options = parse(where, join(own, words));
                if (!folders.add(options.output().toAbsolutePath().normalize())) {
                    throw new SettingsException(where + ": output is " + options.output()
                            + ", as of an earlier run; each needs a folder of its own");
                }
                List<String> command = new ArrayList<>(List.of("train"));
                command.addAll(join(common, words));
                lines.add(new Line(where, options, command));
            }
        }
        if (lines.isEmpty()) {
            throw new SettingsException(OPTION + " is " + file + ", which holds no run; each is a line such as "
                    + "{\"method\": \"lora\", \"output\": \"runs/a\"}");
        }
        return lines;
    }

    private static List<String> texts(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new FileFormatException(file, "is not UTF-8 text", e);
        }
    }

    private static Set<String> names() {
        Set<String> names = new TreeSet<>();
        new CommandLine(new RunOptions()).getCommandSpec().options().forEach(option -> names.add(option.longestName()));
        return names;
    }

    /** Options as they would be typed. */
    private static List<String> words(List<OptionSpec> options) {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : options) {
            if (option.arity().max() == 0) {
                words.add(option.longestName());
            } else {
                option.originalStringValues().forEach(value -> words.addAll(List.of(option.longestName(), value)));
            }
        }
        return words;
    }

    private static List<String> words(String where, Path file, String text) throws FileFormatException {
        Map<String, Object> json;
        try {
            json = Json.parse(file, text);
        } catch (FileFormatException e) {
            throw new SettingsException(where + ": " + e.getMessage());
        }
        List<String> words = new ArrayList<>();
        json.forEach((key, value) -> words.addAll(option(where, key, value)));
        return words;
    }

    private static List<String> option(String where, String key, Object value) {
        String name = "--" + key;
        if (!names().contains(name)) {
            throw new SettingsException(where + ": the key " + key + " is unknown; allowed: "
                    + String.join(
                            ", ",
                            names().stream().map(known -> known.substring(2)).toList()));
        }
        if (key.equals(SET)) {
            return settings(where, value);
        }
        if (value instanceof Boolean flag) {
            return flag ? List.of(name) : List.of();
        }
        if (value instanceof String || value instanceof Number) {
            return List.of(name, value.toString());
        }
        throw new SettingsException(where + ": " + key + " is " + value + "; allowed: a text, a number, true or false");
    }

    private static List<String> settings(String where, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new SettingsException(
                    where + ": set is " + value + "; allowed: an object of settings, such as {\"r\": 4}");
        }
        List<String> words = new ArrayList<>();
        map.forEach((key, setting) -> {
            Map<String, Object> alone = new LinkedHashMap<>();
            alone.put("", setting);
            String line = Json.line(alone);
            words.addAll(List.of("--set", key + "=" + line.substring(line.indexOf(':') + 1, line.length() - 1)));
        });
        return words;
    }

    private static List<String> join(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static RunOptions parse(String where, List<String> words) {
        RunOptions options = new RunOptions();
        try {
            new CommandLine(options)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setExpandAtFiles(false)
                    .setOverwrittenOptionsAllowed(true)
                    .parseArgs(words.toArray(String[]::new));
            options.output();
            return options;
        } catch (ParameterException | SettingsException e) {
            throw new SettingsException(where + ": " + e.getMessage());
        }
    }
}
