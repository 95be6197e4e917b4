package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /** The ids that the plugins bring, sorted. */
    List<String> added() throws SettingsException {
        List<String> ids = new ArrayList<>(methods().ids());
        ids.removeAll(finder.find(null).ids());
        return ids;
    }

    /** The installed methods and those of the plugins. */
    PeftMethods methods() throws SettingsException {
        return finder.find(plugins);
    }
}
