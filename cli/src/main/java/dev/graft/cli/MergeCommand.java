package dev.graft.cli;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.MergedModel;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Merges an adapter into a copy of its base. */
@Command(
        name = "merge",
        description =
                "Writes a copy of the base with an adapter merged into it, as a Hugging Face directory; where that "
                        + "cannot be done, says at which site and why.")
final class MergeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Option(names = "--adapter", required = true, paramLabel = "DIR", description = "An adapter or a run's folder.")
    private Path folder;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "The new model's folder; it must not exist yet or be empty.")
    private Path output;

    @Inject
    MergeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        AtomicFiles.requireFree(output);
        try (BaseModel base = baseOptions.open();
                Adapter adapter =
                        AdapterFolder.load(base, plugins.methods(), folder).adapter()) {
            int changed = MergedModel.write(base, adapter, output);
            if (!adapter.labels().isEmpty() && base.pooling().equals("mean")) {
                console.err()
                        .println(
                                "this base has no pooler, so its classifier reads the mean of all tokens: Graft does so "
                                        + "with the merged model too, transformers loads its body (AutoModel) alone");
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("output", output.toString());
            result.put("method", adapter.method());
            result.put("changed_weights", changed);
            if (!adapter.labels().isEmpty()) {
                result.put("labels", adapter.labels());
            }
            report.print(result);
        }
        return 0;
    }
}
