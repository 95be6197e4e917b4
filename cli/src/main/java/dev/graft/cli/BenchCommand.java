package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.Memory;
import dev.graft.training.TrainingBench;
import dev.graft.training.TrainingBench.Figures;
import dev.graft.training.TrainingBench.Work;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.ModelConfig;
import dev.graft.transformer.model.NamedShapes;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Times steps on random weights. */
@Command(
        name = "bench",
        description =
                "Times training steps, inference or generation on random weights, tokens and labels (two classes; all "
                        + "tokens where the shape predicts them): the median of --steps after some that warm up.")
final class BenchCommand implements Callable<Integer> {
    private static final String BASE = "base";
    private static final List<String> LABELS = List.of("0", "1");

    @Parameters(
            paramLabel = "train|infer|generate",
            description = "What is timed; the training step is train's own code.")
    private String mode;

    @Option(
            names = "--shape",
            paramLabel = "NAME|CONFIG.json",
            defaultValue = "minilm",
            description = "minilm, bert-base, bart-base, gpt2, smollm2 or a config.json of Hugging Face (default: "
                    + "${DEFAULT-VALUE}).")
    private String shape;

    @Option(
            names = "--method",
            paramLabel = "ID",
            defaultValue = "lora",
            description = "A method, head, full or, with infer, base: the base and a classifier alone (default: "
                    + "${DEFAULT-VALUE}).")
    private String method;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            defaultValue = "0.1",
            description = "The model's, on embeddings, attention, hidden states and classifier (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(
            names = "--base-dtype",
            paramLabel = "f32|bf16|int8|int4",
            defaultValue = "f32",
            description = "How the frozen base's matrices are kept in memory (default: ${DEFAULT-VALUE}).")
    private String baseDtype;

    @Option(names = "--merge", description = "With infer and generate: the adapter is merged into the base before.")
    private boolean merge;

    @Mixin
    private BenchWork benchWork;

    @Mixin
    private MethodSettings settings;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Inject
    BenchCommand() {}

    @Override
    public Integer call() throws IOException {
        check();
        PeftMethods methods = plugins.methods();
        boolean base = method.equals(BASE);
        Map<String, Object> given = settings.values();
        if (base && !given.isEmpty()) {
            throw new SettingsException("--set " + given.keySet() + " has no meaning with --method base; leave it out");
        }
        ModelConfig config = config().withDropout(dropout);
        checkTask(config);
        benchWork.check(config);
        try (BaseModel model = BaseModel.random(config, benchWork.seed(), BaseDtype.named(baseDtype));
                Adapter adapter = Adapter.create(
                        model,
                        methods,
                        base ? Adapter.HEAD : method,
                        given,
                        config.generates() ? List.of() : LABELS,
                        benchWork.seed());
                Workers workers = compute.workers()) {
            Work work = benchWork.work(config, adapter);
            report.print(result(measure(model, adapter, workers, work), base ? 0 : adapter.trainedCount()));
        }
        return 0;
    }

    private Figures measure(BaseModel model, Adapter adapter, Workers workers, Work work) {
        if (merge) {
            try (BaseModel merged = model.merge(adapter)) {
                return timed(new TrainingBench(merged, null, workers, work));
            }
        }
        return timed(new TrainingBench(model, adapter, workers, work));
    }

    private Figures timed(TrainingBench bench) {
        return switch (mode) {
            case "train" -> bench.train();
            case "infer" -> bench.infer(benchWork.warmUp());
            default -> bench.generate(benchWork.warmUp());
        };
    }

    private void check() {
        if (!List.of("train", "infer", "generate").contains(mode)) {
            throw new SettingsException("bench " + mode + " is not possible; allowed: train, infer, generate");
        }
        if (method.equals(BASE) && mode.equals("train")) {
            throw new SettingsException("--method base trains nothing; allowed with it: bench infer; to train the "
                    + "classifier alone: --method head");
        }
        if (merge && mode.equals("train")) {
            throw new SettingsException("--merge has a meaning with bench infer and generate only; leave it out");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new SettingsException("--dropout is " + dropout + "; allowed: from 0 to below 1");
        }
    }

    private void checkTask(ModelConfig config) {
        if (mode.equals("generate") && !config.generates()) {
            throw new SettingsException("bench generate is not possible with --shape " + shape + ", which predicts no "
                    + "tokens; allowed: train, infer; or a shape such as gpt2");
        }
        if (method.equals(Adapter.HEAD) && config.generates()) {
            throw new SettingsException("--method head trains a classifier, but --shape " + shape
                    + " is timed as it predicts tokens; take a method, full, or with infer and generate base");
        }
    }

    private ModelConfig config() throws IOException {
        if (NamedShapes.names().contains(shape)) {
            return NamedShapes.get(shape);
        }
        if (!shape.endsWith(".json") && !Files.exists(Path.of(shape))) {
            throw new SettingsException("--shape is " + shape + "; allowed: " + String.join(", ", NamedShapes.names())
                    + " or the path of a config.json");
        }
        return ModelConfig.readFile(Path.of(shape));
    }

    private Map<String, Object> result(Figures figures, long trainable) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ms_per_step", rounded(figures.msPerStep()));
        result.put("min_ms", rounded(figures.minMs()));
        result.put("tokens_per_s", Math.round(figures.tokensPerSecond()));
        result.put("trainable", trainable);
        result.put("peak_rss_mib", Memory.peakMiB());
        result.put("loss", figures.loss());
        result.put("mode", mode);
        result.put("shape", shape);
        result.put("method", method);
        result.put("merged", merge);
        benchWork.addTo(result);
        result.put("dropout", dropout);
        result.put("base_dtype", baseDtype);
        result.put("math", compute.math());
        result.put("threads", compute.threads());
        return result;
    }

    private static double rounded(double ms) {
        return Math.round(ms * 100) / 100.0;
    }
}
