package dev.graft.cli;

import dev.graft.cli.WeightedFolders.Share;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterCombination;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Combination;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts adapters of one method together into one. */
@Command(
        name = "combine",
        description =
                "Puts adapters of one method together into one, by weights; classifiers are averaged. What cannot be "
                        + "combined is refused with the reason.")
final class CombineCommand implements Callable<Integer> {
    @Mixin
    private MadeOptions made;

    @Option(
            names = "--adapter",
            required = true,
            paramLabel = "DIR=WEIGHT",
            description = "An adapter or a run's folder, and a factor on what it changes; given once for each.")
    private List<String> adapters;

    @Option(
            names = "--combination",
            defaultValue = "linear",
            paramLabel = "KIND",
            description = "linear, cat, svd, ties, ties_svd, dare_linear, dare_ties, dare_linear_svd, dare_ties_svd, "
                    + "magnitude_prune or magnitude_prune_svd, as in Hugging Face PEFT (default: ${DEFAULT-VALUE}).")
    private String kind;

    @Option(
            names = "--density",
            paramLabel = "X",
            description = "Share of the values that ties, dare and magnitude_prune keep, above 0 and up to 1.")
    private Double density;

    @Option(
            names = "--majority-sign-method",
            paramLabel = "total|frequency",
            description = "How ties finds the sign that wins: of the sum, or of more adapters (default: total).")
    private Combination.Majority majority;

    @Option(
            names = "--rank",
            paramLabel = "N",
            description = "Rank of the result where KIND ends in svd (default: the largest one of the adapters).")
    private Integer rank;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of the values that dare keeps (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Inject
    CombineCommand() {}

    @Override
    public Integer call() throws IOException {
        Path output = made.output();
        Combination how = new Combination(Combination.Kind.of(kind), density, majority, rank, seed);
        List<Share> shares = adapters.stream().map(CombineCommand::share).toList();
        PeftMethods methods = made.methods();
        try (BaseModel base = made.base();
                WeightedFolders from = new WeightedFolders(base, methods, shares);
                Adapter adapter = AdapterCombination.combine(base, methods, from.parts(), how)) {
            from.save(output, adapter, how.kind().isRandom() ? seed : null, settings());
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("output", output.toString());
            result.put("method", adapter.method());
            result.put("combination", how.kind().word());
            result.put("adapters", shares.size());
            result.put("parameters", adapter.trainedCount());
            if (!adapter.labels().isEmpty()) {
                result.put("labels", adapter.labels());
            }
            made.report().print(result);
        }
        return 0;
    }

    private static Share share(String text) {
        int at = text.lastIndexOf('=');
        if (at > 0) {
            try {
                return new Share(Path.of(text.substring(0, at)), Double.parseDouble(text.substring(at + 1)));
            } catch (NumberFormatException e) {
                throw wrong(text);
            }
        }
        throw wrong(text);
    }

    private static SettingsException wrong(String text) {
        return new SettingsException(
                "--adapter is '" + text + "'; allowed: DIR=WEIGHT with a number, such as runs/first=0.5");
    }

    /** What was asked for, so that it can be made again. */
    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("combination", kind);
        settings.put("density", density);
        settings.put(
                "majority_sign_method",
                majority == null ? null : majority.name().toLowerCase(Locale.ROOT));
        settings.put("rank", rank);
        return settings;
    }
}
