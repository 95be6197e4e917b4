package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.MixedBench;
import dev.graft.training.probe.Lively;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.NamedShapes;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times a batch of several adapters' rows, mixed and one adapter at a time. */
@Command(
        name = "bench-mixed",
        description = "Times a batch whose rows belong to several adapters, on random weights: in one mixed pass, and "
                + "one adapter at a time, each merged into the base before its rows.")
final class MixedBenchCommand implements Callable<Integer> {
    @Option(names = "--shape", paramLabel = "NAME", defaultValue = "minilm", description = "(${DEFAULT-VALUE}).")
    private String shape;

    @Option(names = "--method", paramLabel = "ID", defaultValue = "lora", description = "(${DEFAULT-VALUE}).")
    private String method;

    @Option(names = "--adapters", paramLabel = "N", defaultValue = "5", description = "(${DEFAULT-VALUE}).")
    private int adapters;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "40", description = "Rows (${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--length", paramLabel = "N", defaultValue = "32", description = "Tokens (${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "8", description = "Timed steps (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of all random numbers.")
    private long seed;

    @Mixin
    private MethodSettings settings;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Inject
    MixedBenchCommand() {}

    @Override
    public Integer call() {
        if (adapters < 1 || batchSize < 1 || length < 1 || steps < 1) {
            throw new SettingsException(
                    "a number is below 1; allowed for --adapters, --batch-size, --length and " + "--steps: 1 or more");
        }
        if (!NamedShapes.names().contains(shape)) {
            throw new SettingsException("--shape is " + shape + "; allowed: " + String.join(", ", NamedShapes.names()));
        }
        List<Adapter> made = new ArrayList<>();
        try (BaseModel base = BaseModel.random(NamedShapes.get(shape), seed);
                Workers workers = compute.workers()) {
            for (int i = 0; i < adapters; i++) {
                Adapter each =
                        Adapter.create(base, plugins.methods(), method, settings.values(), List.of("0", "1"), seed + i);
                made.add(Lively.moved(each, seed + i));
            }
            MixedBench bench = new MixedBench(base, made, workers, batchSize, length, steps, seed);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("mixed_ms", bench.mixed());
            result.put("switched_ms", bench.switched());
            result.put("adapters", adapters);
            result.put("batch_size", batchSize);
            result.put("length", length);
            result.put("shape", shape);
            result.put("method", method);
            result.put("threads", compute.threads());
            report.print(result);
        } finally {
            made.forEach(Adapter::close);
        }
        return 0;
    }
}
