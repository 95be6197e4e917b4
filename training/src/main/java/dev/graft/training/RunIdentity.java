package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import java.nio.file.Path;
import java.util.Map;

/** Compares the record of a run with what is about to go on in its folder. */
final class RunIdentity {
    private RunIdentity() {}

    /**
     * Refuses what would not give the same adapter.
     *
     * @throws SettingsException that names the first key that differs
     */
    static void check(Path folder, Map<String, Object> recorded, Map<String, ?> wanted) {
        if (recorded.containsKey("finished")) {
            throw new SettingsException("the run in " + folder + " is finished; there is nothing to resume");
        }
        wanted.forEach((key, value) -> {
            String before = String.valueOf(recorded.get(key));
            if (!before.equals(String.valueOf(value))) {
                throw new SettingsException("--resume: the run in " + folder + " has " + key + " " + before
                        + ", but now it is " + value + "; a resumed run needs the same base, data, settings and seed");
            }
        });
    }
}
