package dev.graft.transformer.model.weights;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code model.safetensors.index.json}, which says in which file each tensor is. */
public final class ShardIndex {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.\\-]*\\.safetensors");

    private ShardIndex() {}

    /**
     * The names of the files, sorted, each with its tensors.
     *
     * @throws FileFormatException if there is no map, or it leads out of the folder
     */
    public static Map<String, Set<String>> read(Path index) throws IOException {
        if (!(Json.read(index).get("weight_map") instanceof Map<?, ?> map) || map.isEmpty()) {
            throw new FileFormatException(index, "has no weight_map from tensors to files");
        }
        Map<String, Set<String>> wanted = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof String name)
                    || !PLAIN.matcher(name).matches()) {
                throw new FileFormatException(
                        index,
                        "says that '" + entry.getKey() + "' is in '" + entry.getValue()
                                + "'; allowed: the name of a .safetensors file in the same folder");
            }
            wanted.computeIfAbsent(name, none -> new HashSet<>()).add((String) entry.getKey());
        }
        return wanted;
    }
}
