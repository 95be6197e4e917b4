package dev.graft.cli;

import dev.graft.cli.WeightedFolders.Share;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.LowRankConversion;
import dev.graft.transformer.model.LowRankConversion.Converted;
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
    private MadeOptions made;

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

    @Inject
    ConvertCommand() {}

    @Override
    public Integer call() throws IOException {
        Path output = made.output();
        PeftMethods methods = made.methods();
        String method = to == null ? methods.withLowRankForm().get(0) : to;
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            shares.add(new Share(folders.get(i), weight(i)));
        }
        try (BaseModel base = made.base();
                WeightedFolders from = new WeightedFolders(base, methods, shares)) {
            Converted converted = LowRankConversion.convert(base, from.parts(), methods, method, rank);
            try (Adapter adapter = converted.adapter()) {
                from.save(output, adapter, null, settings());
                print(output, adapter, converted.error());
            }
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

    /** What was asked for, so that it can be made again. */
    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("converted_to_rank", rank);
        return settings;
    }

    private void print(Path output, Adapter adapter, double error) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("output", output.toString());
        result.put("method", adapter.method());
        result.put("rank", rank);
        result.put("relative_error", error);
        result.put("parameters", adapter.trainedCount());
        made.report().print(result);
    }
}
