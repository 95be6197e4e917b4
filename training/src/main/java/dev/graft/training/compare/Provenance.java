package dev.graft.training.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where everything in a comparison came from.
 *
 * @param base name of the base model
 * @param baseLicence its licence
 * @param data name of the data
 * @param dataLicence its licence or attribution
 * @param testRows number of test rows
 * @param command that repeats the comparison
 * @param details anything else, in the order to be shown: versions, fingerprints, hashes, CPU, time
 */
public record Provenance(
        String base,
        String baseLicence,
        String data,
        String dataLicence,
        long testRows,
        String command,
        Map<String, String> details) {
    /** Copies the map. */
    public Provenance {
        if (testRows < 1) {
            throw new IllegalArgumentException(testRows + " test rows; at least one is needed");
        }
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** The same with one more detail at the end. */
    public Provenance with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(details);
        more.put(name, value);
        return new Provenance(base, baseLicence, data, dataLicence, testRows, command, more);
    }
}
