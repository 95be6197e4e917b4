package dev.graft.runtime.vertx.training;

import dev.graft.runtime.vertx.transport.Faults;
import java.util.HashMap;
import java.util.Map;

/**
 * Faults of messages for tests in real processes, from the system property {@value #PROPERTY}, as in
 * {@code seed=7,drop=0.05,twice=0.05,delay=0.2,damage=0.01,ms=300}. Without it nothing goes wrong.
 */
public final class TestFaults {
    private static final String PROPERTY = "graft.test.faults";

    private TestFaults() {}

    /**
     * Those that the property asks for.
     *
     * @throws IllegalArgumentException if it holds something else
     */
    public static Faults ofProperty() {
        String text = System.getProperty(PROPERTY, "");
        if (text.isBlank()) {
            return Faults.NONE;
        }
        Map<String, String> values =
                new HashMap<>(Map.of("seed", "0", "drop", "0", "twice", "0", "delay", "0", "damage", "0", "ms", "200"));
        for (String part : text.split(",")) {
            String[] pair = part.split("=", 2);
            if (pair.length != 2 || values.put(pair[0], pair[1]) == null) {
                throw new IllegalArgumentException(
                        PROPERTY + " has '" + part + "'; allowed: seed, drop, twice, delay, damage, ms");
            }
        }
        return new Faults(
                Long.parseLong(values.get("seed")),
                Double.parseDouble(values.get("drop")),
                Double.parseDouble(values.get("twice")),
                Double.parseDouble(values.get("delay")),
                Double.parseDouble(values.get("damage")),
                Integer.parseInt(values.get("ms")));
    }
}
