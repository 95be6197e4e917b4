package dev.graft.transformer.model.weights;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.peft.spi.file.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Remembers fingerprints by the path, size and time of change of the weight files, one small file a base. */
final class FingerprintCache {
    /** A file that was just written may be written again within the clock's grain; it is not remembered yet. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private FingerprintCache() {}

    static String of(Checkpoint base) throws IOException {
        Instant youngest = Instant.MIN;
        List<String> files = new ArrayList<>();
        for (Path path : base.files()) {
            Path real = path.toRealPath();
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
            Instant changed = attributes.lastModifiedTime().toInstant();
            youngest = changed.isAfter(youngest) ? changed : youngest;
            files.add(real + " " + attributes.size() + " " + changed + " " + attributes.fileKey());
        }
        String state = String.join("\n", files);
        Path entry = GraftCache.folder().resolve("fingerprints").resolve(name(base) + ".json");
        String known = read(entry, state);
        if (known != null) {
            return known;
        }
        String computed = Fingerprint.compute(base);
        if (youngest.isBefore(Instant.now().minus(SETTLED))) {
            write(entry, state, computed);
        }
        return computed;
    }

    private static String name(Checkpoint base) throws IOException {
        String path = base.directory().toRealPath().toString();
        return Hashes.sha256(path.getBytes(StandardCharsets.UTF_8)).substring(0, 32);
    }

    private static String read(Path entry, String state) {
        try {
            Map<String, Object> json = Files.exists(entry) ? Json.read(entry) : Map.of();
            return state.equals(json.get("files")) && json.get("fingerprint") instanceof String known ? known : null;
        } catch (IOException e) {
            return null; // a damaged entry is made again
        }
    }

    private static void write(Path entry, String state, String fingerprint) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("files", state);
        json.put("fingerprint", fingerprint);
        try {
            AtomicFiles.write(entry, Json.pretty(json) + "\n");
        } catch (IOException e) {
            System.getLogger(FingerprintCache.class.getName())
                    .log(System.Logger.Level.DEBUG, "the fingerprint is not remembered", e);
        }
    }
}
