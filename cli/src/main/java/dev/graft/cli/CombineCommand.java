package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterCombination;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Combination;
import dev.graft.transformer.model.WeightedAdapter;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private BaseOptions baseOptions;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

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

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "The new adapter's folder.")
    private Path output;

    @Inject
    CombineCommand() {}

    @Override
    public Integer call() throws IOException {
        AtomicFiles.requireFree(output);
        Combination how = new Combination(Combination.Kind.of(kind), density, majority, rank, seed);
        List<Share> shares = adapters.stream().map(Share::of).toList();
        PeftMethods methods = plugins.methods();
        List<Adapter> opened = new ArrayList<>();
        try (BaseModel base = baseOptions.open()) {
            List<WeightedAdapter> parts = new ArrayList<>();
            List<Integer> lengths = new ArrayList<>();
            for (Share share : shares) {
                AdapterFolder.Stored stored = AdapterFolder.load(base, methods, share.folder());
                opened.add(stored.adapter());
                parts.add(new WeightedAdapter(stored.adapter(), share.weight()));
                lengths.add(stored.notes().maxLength());
            }
            try (Adapter adapter = AdapterCombination.combine(base, methods, parts, how)) {
                AdapterFolder.save(output, base, adapter, notes(base, adapter, shares, lengths), false);
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("output", output.toString());
                result.put("method", adapter.method());
                result.put("combination", how.kind().word());
                result.put("adapters", parts.size());
                result.put("parameters", adapter.trainedCount());
                result.put("labels", adapter.labels());
                report.print(result);
            }
        } finally {
            opened.forEach(Adapter::close);
        }
        return 0;
    }

    /** An adapter's folder and its weight. */
    private record Share(Path folder, double weight) {
        static Share of(String text) {
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
    }

    /** What it was made of, so that it can be made again; the longest text counts. */
    private GraftNotes notes(BaseModel base, Adapter adapter, List<Share> shares, List<Integer> lengths)
            throws IOException {
        List<Map<String, Object>> from = new ArrayList<>();
        for (Share share : shares) {
            from.add(Map.of(
                    "tensors_hash",
                    Hashes.sha256(share.folder().resolve("adapter_model.safetensors")),
                    "weight",
                    share.weight()));
        }
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("combination", kind);
        made.put("density", density);
        made.put(
                "majority_sign_method",
                majority == null ? null : majority.name().toLowerCase(java.util.Locale.ROOT));
        made.put("rank", rank);
        made.put("adapters", from);
        made.values().removeIf(Objects::isNull);
        return new GraftNotes(
                Build.get("version"),
                base.fingerprint(),
                base.tokenizer().hash(),
                Combination.Kind.of(kind).isRandom() ? seed : null,
                null,
                adapter.labels(),
                lengths.stream().filter(Objects::nonNull).max(Integer::compare).orElse(null),
                Map.of(),
                made);
    }
}
