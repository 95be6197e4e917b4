package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.transformer.model.BaseModel;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command has that makes an adapter out of others: a base, methods, a report and a new folder. */
final class MadeOptions {
    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private PluginOptions plugins;

    @Mixin
    private Report report;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "The new adapter's folder.")
    private Path output;

    /** The new folder, where nothing is yet. */
    Path output() throws IOException {
        AtomicFiles.requireFree(output);
        return output;
    }

    /** The methods that are installed. */
    PeftMethods methods() {
        return plugins.methods();
    }

    /** Opens the base. */
    BaseModel base() throws IOException {
        return baseOptions.open();
    }

    /** Where the result is told. */
    Report report() {
        return report;
    }
}
