package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.probe.Estimate;
import dev.graft.transformer.model.ModelConfig;
import dev.graft.transformer.model.PublishedShapes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Counts what training a model of any size takes. */
@Command(
        name = "estimate",
        description =
                "Counts what training a model of any size takes, and shows the arithmetic line by line: parameters, "
                        + "files, and memory of weights, gradients and AdamW's moments. Nothing of that size is allocated.")
final class EstimateCommand implements Callable<Integer> {
    @Option(
            names = "--shape",
            required = true,
            paramLabel = "NAME|CONFIG.json",
            description =
                    "A model by name, such as gpt3-175b, gpt2, roberta-base, deberta-v2-xxlarge, or a config.json.")
    private String shape;

    @Option(names = "--method", required = true, paramLabel = "ID", description = "A method, or full or head.")
    private String method;

    @Mixin
    private MethodSettings settings;

    @Option(
            names = "--classes",
            paramLabel = "N",
            defaultValue = "0",
            description = "Classes of a classifier that is trained too; 0 for none (default: ${DEFAULT-VALUE}).")
    private int classes;

    @Option(
            names = "--bytes",
            paramLabel = "2|4",
            defaultValue = "2",
            description = "Bytes of a number: 2 as fp16, 4 as fp32, in which Graft trains (default: ${DEFAULT-VALUE}).")
    private int bytes;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Inject
    EstimateCommand() {}

    @Override
    public Integer call() throws IOException {
        if (bytes != 2 && bytes != 4) {
            throw new SettingsException("--bytes is " + bytes + "; allowed: 2, 4");
        }
        if (classes < 0 || classes == 1) {
            throw new SettingsException("--classes is " + classes + "; allowed: 0, or 2 or more");
        }
        List<String> labels =
                IntStream.range(0, classes).mapToObj(String::valueOf).toList();
        Estimate estimate = Estimate.of(config(), plugins.methods(), method, settings.values(), labels, bytes);
        Map<String, Object> result = new LinkedHashMap<>();
        if (report.json()) {
            result.put("shape", shape);
            result.put("method", method);
            result.put("base_parameters", estimate.parameters());
            result.put("trainable", estimate.trainable());
            result.put("share_of_base", (double) estimate.trainable() / estimate.parameters());
            result.put("base_bytes", estimate.baseBytes());
            result.put("adapter_bytes", estimate.adapterBytes());
            result.put("full_training_bytes", estimate.fullBytes());
            result.put("training_bytes", estimate.trainingBytes());
            result.put("lines", estimate.lines());
        } else {
            estimate.lines().forEach(line -> result.put(line.get(0), line.get(1)));
        }
        report.print(result);
        return 0;
    }

    private ModelConfig config() throws IOException {
        if (PublishedShapes.names().contains(shape)) {
            return PublishedShapes.get(shape);
        }
        Path path = Path.of(shape);
        Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
        if (!Files.isRegularFile(file)) {
            throw new SettingsException("--shape is " + shape + "; allowed: "
                    + String.join(", ", PublishedShapes.names()) + " or the path of a config.json");
        }
        return ModelConfig.readFile(file);
    }
}
