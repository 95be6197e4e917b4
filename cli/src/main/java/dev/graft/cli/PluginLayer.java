package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Methods of the modules that the program was started with and, over them, of the jars of a folder. */
final class PluginLayer implements MethodFinder {
    @Override
    public PeftMethods find(Path plugins) {
        if (plugins == null) {
            return PeftMethods.discover(ModuleLayer.boot());
        }
        ModuleLayer layer = over(ModuleLayer.boot(), plugins);
        try {
            return PeftMethods.discover(layer);
        } catch (IllegalStateException | ServiceConfigurationError | LinkageError e) {
            throw new SettingsException(
                    "--plugins is " + plugins + ", whose methods cannot be used: " + e.getMessage());
        }
    }

    private static ModuleLayer over(ModuleLayer boot, Path folder) {
        if (!holdsJars(folder)) {
            throw new SettingsException("--plugins is " + folder + ", which "
                    + (Files.isDirectory(folder) ? "holds no jar" : "is no folder")
                    + "; allowed: a folder of jars with methods");
        }
        try {
            ModuleFinder finder = ModuleFinder.of(folder);
            Set<String> added = finder.findAll().stream()
                    .map(ModuleReference::descriptor)
                    .map(descriptor -> descriptor.name())
                    .filter(name -> boot.findModule(name).isEmpty()) // a copy of one of ours does no harm
                    .collect(Collectors.toSet());
            Configuration resolved = boot.configuration().resolveAndBind(ModuleFinder.of(), finder, added);
            return boot.defineModulesWithOneLoader(resolved, PluginLayer.class.getClassLoader());
        } catch (FindException | ResolutionException | LayerInstantiationException e) {
            throw new SettingsException(
                    "--plugins is " + folder + ", whose jars cannot be used together: " + e.getMessage());
        }
    }

    private static boolean holdsJars(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".jar"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
