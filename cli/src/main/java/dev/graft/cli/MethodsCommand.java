package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.LearningRates;
import dev.graft.training.probe.MethodTable;
import dev.graft.transformer.model.Adapter;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the methods. */
@Command(name = "methods", description = "Lists the installed methods and the baselines, one a line.")
final class MethodsCommand implements Callable<Integer> {
    private static final String BASELINE = "(baseline)";

    private final Console console;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Option(
            names = "--table",
            description = "Try each method on small models, and print what it can do as a page of Markdown.")
    private boolean table;

    @Inject
    MethodsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        PeftMethods methods = plugins.methods();
        if (table) {
            return table(methods);
        }
        List<Map<String, Object>> all = new ArrayList<>();
        for (String id : methods.ids()) {
            Module module = methods.module(id);
            all.add(entry(methods, id, module.isNamed() ? module.getName() : "class path"));
        }
        all.add(entry(methods, Adapter.HEAD, BASELINE));
        all.add(entry(methods, Adapter.FULL, BASELINE));
        if (report.json()) {
            report.print(Map.of("methods", all));
        } else {
            print(all);
        }
        return 0;
    }

    private void print(List<Map<String, Object>> all) {
        int ids = width(all, "id");
        int modules = width(all, "module");
        all.forEach(entry -> console.out()
                .printf(
                        "%-" + ids + "s  %-" + modules + "s  learning rate %s%n",
                        entry.get("id"),
                        entry.get("module"),
                        Report.text(entry.getOrDefault("learning_rate", "to be given"))));
    }

    private static int width(List<Map<String, Object>> all, String key) {
        return all.stream()
                .mapToInt(entry -> String.valueOf(entry.get(key)).length())
                .max()
                .orElse(1);
    }

    private int table(PeftMethods methods) {
        if (report.json()) {
            throw new SettingsException("--table and --json were both given; allowed: one of them");
        }
        MethodTable all = new MethodTable(methods, id -> console.err().println("trying " + id));
        console.out().print(all.markdown());
        return 0;
    }

    private static Map<String, Object> entry(PeftMethods methods, String id, String module) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", id);
        entry.put("module", module);
        OptionalDouble rate = LearningRates.of(methods, id);
        if (rate.isPresent()) {
            entry.put("learning_rate", rate.getAsDouble());
        }
        return entry;
    }
}
