package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import java.nio.file.Path;

/** A run that is to be resumed is finished, with the same base, data, settings and seed. */
public final class FinishedRunException extends SettingsException {
    private static final long serialVersionUID = 1L;

    FinishedRunException(Path folder) {
        super("the run in " + folder + " is finished; there is nothing to resume");
    }
}
