package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import jakarta.inject.Inject;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where methods come from. */
final class PluginOptions {
    private final MethodFinder finder;

    @Option(names = "--plugins", paramLabel = "DIR", description = "A folder of jars with further methods.")
    private Path plugins;

    @Inject
    PluginOptions(MethodFinder finder) {
        this.finder = finder;
    }

    /** The installed methods and those of the plugins. */
    PeftMethods methods() throws SettingsException {
        return finder.find(plugins);
    }
}
