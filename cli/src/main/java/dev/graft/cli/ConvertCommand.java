package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LowRankConversion;
import dev.graft.transformer.model.LowRankConversion.Converted;
import dev.graft.transformer.model.WeightedAdapter;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Turns one adapter, or the weighted sum of several, into one with low-rank updates. */
@Command(
        name = "convert",
        description =
                "Turns an adapter of any method that can be merged, or the weighted sum of several, into one with "
                        + "low-rank updates, by singular values; prints the error.")
final class ConvertCommand implements Callable<Integer> {
    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Option(
            names = "--adapter",
            required = true,
            split = ",",
            paramLabel = "DIR",
            description = "An adapter or a run's folder; several for their sum.")
    private List<Path> folders;

    @Option(
            names = "--weights",
            split = ",",
            paramLabel = "W",
            description = "A factor for each adapter (default: 1 over their number).")
    private List<Double> weights;

    @Option(
            names = "--to",
            paramLabel = "ID",
            description = "The method of the result (default: the first that holds low-rank updates).")
    private String to;

    @Option(names = "--rank", required = true, paramLabel = "N", description = "Rank of the result.")
    private int rank;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "The new adapter's folder.")
    private Path output;

    @Inject
    ConvertCommand() {}

    @Override
    public Integer call() throws IOException {
        AtomicFiles.requireFree(output);
        PeftMethods methods = plugins.methods();
        String method = to == null ? methods.withLowRankForm().get(0) : to;
        List<Adapter> opened = new ArrayList<>();
        try (BaseModel base = baseOptions.open()) {
            List<WeightedAdapter> parts = new ArrayList<>();
            for (int i = 0; i < folders.size(); i++) {
                Adapter adapter =
                        AdapterFolder.load(base, methods, folders.get(i)).adapter();
                opened.add(adapter);
                parts.add(new WeightedAdapter(adapter, weight(i)));
            }
            Converted converted = LowRankConversion.convert(base, parts, methods, method, rank);
            try (Adapter adapter = converted.adapter()) {
                AdapterFolder.save(output, base, adapter, notes(base, adapter), false);
                print(adapter, converted.error());
            }
        } finally {
            opened.forEach(Adapter::close);
        }
        return 0;
    }

    private double weight(int number) {
        if (weights == null) {
            return 1.0 / folders.size();
        }
        if (weights.size() != folders.size()) {
            throw new SettingsException("--weights has " + weights.size() + " numbers for " + folders.size()
                    + " adapters; give one for each");
        }
        return weights.get(number);
    }

    private static GraftNotes notes(BaseModel base, Adapter adapter) throws IOException {
        return new GraftNotes(
                Build.get("version"),
                base.fingerprint(),
                base.tokenizer().hash(),
                null,
                null,
                adapter.labels(),
                null,
                Map.of(),
                Map.of());
    }

    private void print(Adapter adapter, double error) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("output", output.toString());
        result.put("method", adapter.method());
        result.put("rank", rank);
        result.put("relative_error", error);
        result.put("parameters", adapter.trainedCount());
        report.print(result);
    }
}
