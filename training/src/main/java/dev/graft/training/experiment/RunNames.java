package dev.graft.training.experiment;

import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Names of runs' folders: readable, and another for everything that could give another adapter. */
final class RunNames {
    private static final int LONGEST = 60;

    private RunNames() {}

    /**
     * A folder's name.
     *
     * @param identity all that determines the adapter
     */
    static String of(Cell cell, RunSpec spec, Map<String, ?> identity) {
        byte[] bytes = Json.line(identity).getBytes(StandardCharsets.UTF_8);
        return plain(cell.baseName()) + "." + plain(cell.part().name()) + "."
                + plain(spec.variant().name()) + ".lr-" + spec.rate() + ".seed-" + spec.seed() + "."
                + Hashes.sha256(bytes).substring(0, 8);
    }

    /** Letters, digits and few signs of a text, not too many. */
    static String plain(String text) {
        String plain = text.replaceAll("[^A-Za-z0-9_=,+-]+", "-").replaceAll("^-+|-+$", "");
        return plain.length() > LONGEST ? plain.substring(0, LONGEST) : plain;
    }
}
