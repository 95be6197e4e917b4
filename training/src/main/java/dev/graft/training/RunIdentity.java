package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Compares the record of a run with what is about to go on in its folder. */
final class RunIdentity {
    /** The key of the record that only a run that is done has. */
    static final String FINISHED = "finished";

    private RunIdentity() {}

    /**
     * Refuses what would not give the same adapter.
     *
     * @throws SettingsException that names the first key that differs
     * @throws FinishedRunException if nothing differs and the run is done
     */
    static void check(Path folder, Map<String, ?> recorded, Map<String, ?> wanted) {
        compare(folder, "", recorded, wanted);
        if (recorded.containsKey(FINISHED)) {
            throw new FinishedRunException(folder);
        }
    }

    private static void compare(Path folder, String above, Map<?, ?> recorded, Map<?, ?> wanted) {
        wanted.forEach((key, value) -> {
            Object before = recorded.get(key);
            if (before instanceof Map<?, ?> map && value instanceof Map<?, ?> inner) {
                compare(folder, above + key + ".", map, inner);
            } else if (!Objects.toString(before).equals(Objects.toString(value))) {
                throw new SettingsException("--resume: the run in " + folder + " has " + above + key + " " + before
                        + ", but now it is " + value + "; a resumed run needs the same base, data, settings and seed");
            }
        });
    }
}
