package dev.graft.runtime.vertx.serve;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Fields;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of an adapter's version, and the hash that they are known by. */
final class VersionFiles {
    private static final List<String> NEEDED = List.of("adapter_config.json", "adapter_model.safetensors");
    private static final String NOTES = "graft.json";

    private VersionFiles() {}

    /** True if a folder holds what an adapter needs. */
    static boolean isAdapter(Path folder) {
        return NEEDED.stream().allMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /** The files of a folder that count, by name. */
    static Map<String, Buffer> read(Path folder) throws IOException {
        Map<String, Buffer> files = new TreeMap<>();
        for (String name : NEEDED) {
            files.put(name, Buffer.buffer(Files.readAllBytes(folder.resolve(name))));
        }
        if (Files.isRegularFile(folder.resolve(NOTES))) {
            files.put(NOTES, Buffer.buffer(Files.readAllBytes(folder.resolve(NOTES))));
        }
        return files;
    }

    /** Sizes and times of change, which tell whether it is worth to read a folder again. */
    static String stamp(Path folder) throws IOException {
        StringBuilder stamp = new StringBuilder();
        for (String name : List.of(NEEDED.get(0), NEEDED.get(1), NOTES)) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                stamp.append(Files.size(file))
                        .append('/')
                        .append(Files.getLastModifiedTime(file))
                        .append(' ');
            }
        }
        return stamp.toString();
    }

    /**
     * SHA-256 of names and contents, in hexadecimal.
     *
     * @throws Failure if a file is missing, or one is no file of an adapter
     */
    static String digest(Map<String, Buffer> files) {
        for (String name : NEEDED) {
            if (!files.containsKey(name)) {
                throw Fields.wrong(
                        "files", String.join(", ", files.keySet()), String.join(" and ", NEEDED) + ", and " + NOTES);
            }
        }
        MessageDigest digest = Hashes.sha256();
        new TreeMap<>(files).forEach((name, bytes) -> {
            if (!NEEDED.contains(name) && !NOTES.equals(name)) {
                throw Fields.wrong("file", name, String.join(", ", NEEDED) + ", " + NOTES);
            }
            digest.update((name + "\n" + bytes.length() + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes.getBytes());
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Writes a folder whole or not at all; one that is there is replaced. */
    static void write(Path folder, Map<String, Buffer> files) throws IOException {
        AtomicFiles.folder(folder, existing -> true, inside -> {
            for (Map.Entry<String, Buffer> file : files.entrySet()) {
                Files.write(inside.resolve(file.getKey()), file.getValue().getBytes());
            }
        });
    }
}
