package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.transformer.model.AdapterFolder.Stored;
import java.nio.file.Path;

/** One version of an adapter: its files, which never change, and perhaps its tensors in memory. Guarded by its store. */
final class Version {
    final String name;
    final String digest;
    final Path folder;
    final long bytes;
    Stored loaded;
    boolean pinned;
    boolean unwanted;
    int users;
    long used;

    Version(String name, String digest, Path folder, long bytes) {
        this.name = name;
        this.digest = digest;
        this.folder = folder;
        this.bytes = bytes;
    }

    String id() {
        return name + "@" + digest;
    }

    /** True if it may leave memory. */
    boolean idle() {
        return loaded != null && users == 0 && !pinned;
    }

    AdapterStatus status(boolean newest) {
        return new AdapterStatus(name, digest, newest, loaded != null, pinned, users, bytes, null);
    }
}
