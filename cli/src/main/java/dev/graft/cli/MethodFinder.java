package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import java.nio.file.Path;

/** Finds the installed methods. */
@FunctionalInterface
interface MethodFinder {
    /**
     * All methods.
     *
     * @param plugins folder of jars with further ones, or null
     * @throws dev.graft.peft.spi.SettingsException if the folder is not there or its jars cannot be used
     */
    PeftMethods find(Path plugins);
}
