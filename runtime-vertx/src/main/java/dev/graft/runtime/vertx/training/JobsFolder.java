package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.file.AtomicFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All jobs of a cluster on the shared disk, and the terms of their leaders. */
final class JobsFolder {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /** A leader's last word. */
    static final long LEFT = -1;

    private final Path folder;

    JobsFolder(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(terms());
    }

    private Path terms() {
        return folder.resolve(".terms");
    }

    /**
     * The job of an id.
     *
     * @throws dev.graft.peft.spi.SettingsException if it cannot be an id
     */
    JobFolder job(String id) {
        if (id == null || !ID.matcher(id).matches()) {
            throw new dev.graft.peft.spi.SettingsException(
                    "a job's id is '" + id + "'; allowed: small letters, digits and -, at most 64");
        }
        return new JobFolder(folder.resolve(id));
    }

    /** The folder of a session, apart from the jobs'. */
    JobFolder session(String id) {
        return new JobFolder(folder.resolve(".sessions").resolve(job(id).id()));
    }

    /** All jobs, by id. */
    List<JobFolder> all() throws IOException {
        try (Stream<Path> listed = Files.list(folder)) {
            return listed.filter(
                            path -> ID.matcher(path.getFileName().toString()).matches())
                    .sorted()
                    .map(JobFolder::new)
                    .filter(JobFolder::exists)
                    .toList();
        }
    }

    /** The newest term that a leader began; 0 before the first. */
    long newestTerm() throws IOException {
        try (Stream<Path> listed = Files.list(terms())) {
            return listed.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d{8,}"))
                    .mapToLong(Long::parseLong)
                    .max()
                    .orElse(0);
        }
    }

    private Path beat(long term) {
        return terms().resolve(JobFolder.name(term)).resolve("beat");
    }

    /**
     * Says on the disk that a term's leader is there: another number each time, {@link #LEFT} at its end. The bytes are
     * written in place, so that it works on a full disk too.
     */
    void beat(long term, long number) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(beat(term).toFile(), "rw")) {
            file.write(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        }
    }

    /** What the leader of a term said last; {@link #LEFT} before it said anything. */
    long lastBeat(long term) throws IOException {
        Path file = beat(term);
        byte[] bytes = term > 0 && Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        return bytes.length < Long.BYTES ? LEFT : ByteBuffer.wrap(bytes).getLong();
    }

    /** Begins the next term; no two leaders get the same one, as a folder can be made once. */
    long claimTerm() throws IOException {
        while (true) {
            long next = newestTerm() + 1;
            try {
                Files.createDirectory(terms().resolve(JobFolder.name(next)));
                beat(next, 0);
                for (long old = next - 2; old > 0 && Files.exists(terms().resolve(JobFolder.name(old))); old--) {
                    AtomicFiles.delete(terms().resolve(JobFolder.name(old)));
                }
                return next;
            } catch (FileAlreadyExistsException e) {
                continue; // another leader was quicker
            }
        }
    }
}
