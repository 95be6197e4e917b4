package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.hub.HubRepository;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a folder or file holds. */
@Command(
        name = "inspect",
        description = "Says what a base's, an adapter's or a run's folder holds, or a safetensors file.")
final class InspectCommand implements Callable<Integer> {
    private static final String ALLOWED =
            "; allowed: a base's folder (config.json), an adapter's (adapter_config.json), a "
                    + "run's (run.json), or a .safetensors or .gguf file";

    @Parameters(
            paramLabel = "PATH",
            description =
                    "A folder, a .safetensors or .gguf file, ORG/NAME that was pulled, or minilm: the embedded model.")
    private String path;

    @Option(
            names = "--base",
            paramLabel = "DIR|ORG/NAME|minilm",
            description =
                    "With an adapter: its base, to say which share of it the adapter is, at which sites it acts, and "
                            + "how far their weights change.")
    private String base;

    @Option(
            names = "--base-dtype",
            paramLabel = "stored|bf16|int8|int4",
            description = "With a base: measure what it loses where its matrices are kept so, in the weights and in "
                    + "the logits (or hidden states) of a sample text, beside floats.")
    private String baseDtype;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Inject
    InspectCommand() {}

    @Override
    public Integer call() throws IOException {
        report.print(look());
        return 0;
    }

    private BaseDtype dtype() {
        return baseDtype == null ? null : BaseDtype.named(baseDtype);
    }

    private Map<String, Object> look() throws IOException {
        if (path.equals(BaseOptions.EMBEDDED)) {
            return Inspection.base(BaseOptions.directory(path), dtype());
        }
        Path pulled = BaseOptions.pulled(path);
        Path place = pulled != null ? pulled : Path.of(path);
        if (!Files.exists(place)) {
            String pull = HubRepository.isLike(path) ? "; a model of a hub is fetched with: graft pull " + path : "";
            throw new SettingsException(path + " does not exist" + pull + ALLOWED);
        }
        if (Files.isRegularFile(place)) {
            if (path.endsWith(".safetensors")) {
                return Inspection.tensors(place);
            }
            if (BaseOptions.isModelFile(place)) {
                return Inspection.base(place, dtype());
            }
        } else if (Files.exists(place.resolve("run.json"))) {
            return Inspection.run(place);
        } else if (AdapterFiles.isAdapter(place)) {
            return Inspection.adapter(place, base == null ? null : BaseOptions.directory(base), plugins.methods());
        } else if (Files.exists(place.resolve("config.json")) || pulled != null) {
            return Inspection.base(place, dtype());
        }
        throw new SettingsException(path + " is nothing that Graft knows" + ALLOWED);
    }
}
