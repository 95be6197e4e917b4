package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** A method's settings, as they are given on the command line. */
final class MethodSettings {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of the method, such as r=16 or target_modules=[\"query\",\"value\"]; the value is "
                    + "read as JSON if it is JSON, else as text. May be given several times.")
    private List<String> pairs = new ArrayList<>();

    /** The keys and values. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String pair : pairs) {
            int at = pair.indexOf('=');
            if (at < 1) {
                throw new SettingsException("--set is '" + pair + "'; allowed: KEY=VALUE, such as r=16");
            }
            String key = pair.substring(0, at).strip();
            if (values.containsKey(key)) {
                throw new SettingsException("--set " + key + " is given twice; give each key once");
            }
            values.put(key, Json.valueOrText(pair.substring(at + 1).strip()));
        }
        return values;
    }
}
