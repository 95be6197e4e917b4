package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.file.AtomicFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * One model's place in the cache, as Python's huggingface_hub lays it out: {@code blobs} under their ETags,
 * {@code snapshots} of links to them by commit, {@code refs} from branches and tags to commits.
 */
final class HubCache {
    private final Path root;
    private final Path folder;
    private final HubRepository repository;

    HubCache(Path root, HubRepository repository) {
        this.root = root;
        this.folder = root.resolve(repository.folder());
        this.repository = repository;
    }

    Path blob(String etag) {
        return folder.resolve("blobs").resolve(etag);
    }

    /** What has come of a blob so far. */
    Path incomplete(String etag) {
        return folder.resolve("blobs").resolve(etag + ".incomplete");
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    Path file(String commit, String name) {
        return snapshot(commit).resolve(name);
    }

    /** The lock that whoever writes a blob holds. */
    Path lock(String etag) {
        return root.resolve(".locks").resolve(repository.folder()).resolve(etag + ".lock");
    }

    /** The commit that the revision was when it was last asked for, or null. */
    String commit() throws IOException {
        if (HubRepository.isCommit(repository.revision())) {
            return repository.revision();
        }
        Path ref = ref();
        if (!Files.isRegularFile(ref) || Files.size(ref) > 1000) {
            return null;
        }
        String commit = Files.readString(ref).strip();
        return HubRepository.isCommit(commit) ? commit : null;
    }

    /** Notes which commit the revision is. */
    void remember(String commit) throws IOException {
        if (!repository.revision().equals(commit) && !commit.equals(commit())) {
            AtomicFiles.write(ref(), commit);
        }
    }

    private Path ref() {
        return folder.resolve("refs").resolve(repository.revision());
    }

    /** Puts a blob's name into a snapshot; the caller holds the blob's lock. */
    void link(String commit, String name, String etag) throws IOException {
        Path link = file(commit, name);
        Path blob = blob(etag);
        Files.createDirectories(link.getParent());
        if (Files.exists(link)) {
            return;
        }
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(link); // it led nowhere
        }
        try {
            Files.createSymbolicLink(link, link.getParent().relativize(blob));
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (!Files.exists(link)) { // a system without links: the file itself stands there, as Python does it
                Files.move(blob, link, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }
}
