package dev.graft.runtime.vertx.serve;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.transformer.model.AdapterFolder.Stored;
import dev.graft.transformer.model.BaseModel;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The adapters of a base: in a folder, by name and digest, and some of them in memory. A version never changes; a name
 * stands for its newest. Methods may read files, so they are not for an event loop. Safe for use by several threads.
 */
public final class AdapterStore implements AutoCloseable {
    /** Holds a copy of each version, as name/digest. */
    static final String VERSIONS = ".versions";

    private final VersionLoader loader;
    private final Path folder;
    private final long memory;
    private final OldVersions old;
    private final Map<String, Version> newest = new TreeMap<>();
    private final Map<String, Version> versions = new LinkedHashMap<>();
    private final Map<String, String> refused = new TreeMap<>();
    private final Map<String, Object> nameLocks = new LinkedHashMap<>();
    private long clock;
    private long loadedBytes;

    /**
     * The adapters in a folder. Each of its folders is an adapter of that name.
     *
     * @param folder is made if it is not there
     * @param options room for adapters in memory (more only while requests use or pins keep them), and how many older
     *     versions of a name stay on the disk though nobody uses them
     */
    public AdapterStore(BaseModel base, PeftMethods methods, Path folder, ServeOptions options) throws IOException {
        this.loader = new VersionLoader(base, methods);
        this.folder = folder;
        this.memory = options.adapterBytes();
        this.old = new OldVersions(folder.resolve(VERSIONS), options.olderVersions());
        Files.createDirectories(folder);
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /**
     * Lends a version, which is loaded if it is not in memory.
     *
     * @param name or null for the bare base
     * @throws Failure if it is not known, or cannot be loaded any more
     */
    public Lease lease(AdapterName name) {
        if (name == null) {
            return Lease.BASE;
        }
        Version version = use(name);
        try {
            Stored loaded = load(version);
            return new Lease(this, version, loaded.notes().maxLength());
        } catch (RuntimeException e) {
            release(version);
            throw e;
        }
    }

    /** Finds a version and keeps it from being deleted until it is released. */
    private Version use(AdapterName name) {
        while (true) {
            Version version = find(name);
            synchronized (this) {
                if (versions.get(version.id()) == version) {
                    version.users++;
                    version.used = ++clock;
                    return version;
                }
            }
        }
    }

    void release(Version version) {
        synchronized (this) {
            version.users--;
            if (version.unwanted && version.idle()) {
                drop(version);
            }
            evict();
        }
    }

    private Stored load(Version version) {
        synchronized (lock(version.id())) {
            synchronized (this) {
                if (version.loaded != null) {
                    return version.loaded;
                }
            }
            Stored stored = loader.load(version.name, version.folder);
            synchronized (this) {
                version.loaded = stored;
                version.unwanted = false;
                loadedBytes += version.bytes;
                evict();
                return stored;
            }
        }
    }

    private synchronized Object lock(String key) {
        return nameLocks.computeIfAbsent(key, k -> new Object());
    }

    /** Those not used for longest leave memory while it is too full. */
    private void evict() {
        while (loadedBytes > memory) {
            Version oldest = versions.values().stream()
                    .filter(Version::idle)
                    .min(Comparator.comparingLong(version -> version.used))
                    .orElse(null);
            if (oldest == null) {
                return;
            }
            drop(oldest);
        }
    }

    private void drop(Version version) {
        version.loaded.adapter().close();
        version.loaded = null;
        version.unwanted = false;
        loadedBytes -= version.bytes;
    }

    private Version find(AdapterName name) {
        Version known = known(name);
        if (known != null) {
            return known;
        }
        try {
            Path kept = name.digest() == null ? null : kept(name);
            if (kept != null) {
                return adopt(name.name(), kept, false);
            }
            Path named = folder.resolve(name.name());
            if (VersionFiles.isAdapter(named)) {
                Version version = adopt(name.name(), named, true);
                if (name.digest() == null || version.digest.startsWith(name.digest())) {
                    return version;
                }
            }
        } catch (IOException e) {
            throw new Failure(Failure.Code.INTERNAL, "the adapter " + name + " cannot be read: " + e.getMessage());
        }
        throw new Failure(Failure.Code.NOT_FOUND, "there is no adapter " + name);
    }

    private synchronized Version known(AdapterName name) {
        if (name.digest() == null) {
            return newest.get(name.name());
        }
        List<Version> found = versions.values().stream()
                .filter(version -> version.name.equals(name.name()) && version.digest.startsWith(name.digest()))
                .toList();
        if (found.size() > 1) {
            throw new Failure(
                    Failure.Code.CONFLICT, name + " stands for " + found.size() + " versions; give more digits");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    private Path kept(AdapterName name) throws IOException {
        Path all = folder.resolve(VERSIONS).resolve(name.name());
        if (!Files.isDirectory(all)) {
            return null;
        }
        try (Stream<Path> each = Files.list(all)) {
            List<Path> found = each.filter(path -> path.getFileName().toString().startsWith(name.digest()))
                    .toList();
            return found.size() == 1 ? found.get(0) : null;
        }
    }

    /**
     * Takes the files of a folder as a version, if they are a whole adapter of this base.
     *
     * @param becomesNewest true if the name is to stand for it
     */
    Version adopt(String name, Path from, boolean becomesNewest) throws IOException {
        Version version = take(name, VersionFiles.read(from), becomesNewest);
        if (becomesNewest) {
            prune(name);
        }
        return version;
    }

    /**
     * Adds a version and makes it the newest of its name.
     *
     * @throws Failure if it is broken, or made for another base; then nothing has changed
     */
    public AdapterStatus publish(String name, Map<String, Buffer> files) {
        Addresses.name("adapter", name);
        try {
            synchronized (lock(name)) {
                Version version = take(name, files, false);
                VersionFiles.write(folder.resolve(name), files);
                synchronized (this) {
                    newest.put(name, version);
                }
                prune(name);
                return version.status(true);
            }
        } catch (IOException e) {
            throw new Failure(Failure.Code.INTERNAL, "the adapter " + name + " cannot be stored: " + e.getMessage());
        }
    }

    /** Old versions that nobody uses are deleted, but for some that were used last. */
    private void prune(String name) {
        List<Path> there = old.of(name);
        List<Path> gone;
        synchronized (this) {
            gone = old.surplus(there, digest -> versions.get(name + "@" + digest), newest.get(name));
            for (Path each : gone) {
                Version version = versions.remove(name + "@" + each.getFileName());
                if (version != null) {
                    nameLocks.remove(version.id());
                    if (version.loaded != null) {
                        drop(version);
                    }
                }
            }
        }
        gone.forEach(old::delete);
    }

    private Version take(String name, Map<String, Buffer> files, boolean becomesNewest) throws IOException {
        String digest = VersionFiles.digest(files);
        Version version;
        synchronized (this) {
            version = versions.get(name + "@" + digest);
        }
        if (version == null) {
            version = prove(name, digest, files);
        }
        synchronized (this) {
            Version there = versions.putIfAbsent(version.id(), version);
            if (there != null && there != version) {
                version.loaded.adapter().close();
                version = there;
            } else if (there == null) {
                loadedBytes += version.bytes;
                version.used = ++clock;
                evict();
            }
            refused.remove(name);
            if (becomesNewest) {
                newest.put(name, version);
            }
            return version;
        }
    }

    /** Keeps a copy and loads it: what cannot be loaded does not become a version. */
    private Version prove(String name, String digest, Map<String, Buffer> files) throws IOException {
        Path kept = folder.resolve(VERSIONS).resolve(name).resolve(digest);
        boolean copied = !VersionFiles.isAdapter(kept);
        if (copied) {
            Files.createDirectories(kept.getParent());
            VersionFiles.write(kept, files);
        }
        try {
            long bytes = files.values().stream().mapToLong(Buffer::length).sum();
            Version version = new Version(name, digest, kept, bytes);
            version.loaded = loader.load(name, kept);
            return version;
        } catch (Failure e) {
            if (copied) {
                AtomicFiles.delete(kept);
            }
            synchronized (this) {
                refused.put(name, e.getMessage());
            }
            throw e;
        }
    }

    /** Notes why a folder is not used. */
    synchronized void refuse(String name, String why) {
        refused.put(name, why);
    }

    /** Forgets a name whose folder is gone; its versions stay as long as requests use them, and can be asked for. */
    synchronized void forget(String name) {
        newest.remove(name);
        refused.remove(name);
    }

    /** Names that stand for a version now. */
    synchronized List<String> names() {
        return List.copyOf(newest.keySet());
    }

    /** All versions that were seen, and the folders that are refused. */
    public synchronized List<AdapterStatus> list() {
        List<AdapterStatus> all = new ArrayList<>();
        versions.values().forEach(version -> all.add(version.status(newest.get(version.name) == version)));
        refused.forEach((name, why) -> all.add(new AdapterStatus(name, null, false, false, false, 0, 0, why)));
        return all;
    }

    /** Brings a version into memory. */
    public AdapterStatus load(AdapterName name) {
        try (Lease lease = lease(name)) {
            return status(lease);
        }
    }

    /** Brings a version into memory and keeps it there, or lets it go again. */
    public AdapterStatus pin(AdapterName name, boolean pinned) {
        try (Lease lease = lease(name)) {
            synchronized (this) {
                versions.get(lease.id()).pinned = pinned;
            }
            return status(lease);
        }
    }

    private synchronized AdapterStatus status(Lease lease) {
        Version version = versions.get(lease.id());
        return version.status(newest.get(version.name) == version);
    }

    /** Takes a version out of memory, as soon as no request uses it; a pin ends. */
    public AdapterStatus unload(AdapterName name) {
        Version version = find(name);
        synchronized (this) {
            version.pinned = false;
            version.unwanted = version.loaded != null;
            if (version.idle()) {
                drop(version);
            }
            return version.status(newest.get(version.name) == version);
        }
    }

    /** The files of a version. */
    public Map<String, Buffer> files(AdapterName name) {
        Version version = find(name);
        try {
            return VersionFiles.read(version.folder);
        } catch (IOException e) {
            throw new Failure(Failure.Code.INTERNAL, "the adapter " + name + " cannot be read: " + e.getMessage());
        }
    }

    /** Bytes of the adapters in memory. */
    public synchronized long loadedBytes() {
        return loadedBytes;
    }

    /** Gives all memory back; no request may be under way. */
    @Override
    public synchronized void close() {
        versions.values().stream().filter(version -> version.loaded != null).forEach(this::drop);
    }
}
