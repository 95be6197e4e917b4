package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.file.AtomicFiles;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A job on the shared disk: job.json, what is wished (run, paused, cancelled), a folder for each leader's term in which it
 * alone writes, and at the end result/ and outcome.json.
 *
 * <p>A leader that was taken for dead and comes back still writes into its own term's folder only, so two never write into
 * one; the next one begins with a copy. The result appears by one rename.
 */
final class JobFolder {
    private static final String OUTCOME = "outcome.json";
    private static final int COPY_TRIES = 5;

    private final Path folder;

    JobFolder(Path folder) {
        this.folder = folder;
    }

    String id() {
        return folder.getFileName().toString();
    }

    Path path() {
        return folder;
    }

    static void create(Path folder, JsonObject spec) throws IOException {
        AtomicFiles.folder(folder, inside -> Files.writeString(inside.resolve("job.json"), spec.encodePrettily()));
    }

    boolean exists() {
        return Files.exists(folder.resolve("job.json"));
    }

    JsonObject spec() throws IOException {
        return new JsonObject(Files.readString(folder.resolve("job.json")));
    }

    /** What somebody wants of it: run, paused or cancelled. */
    String wish() throws IOException {
        Path file = folder.resolve("wish");
        return Files.exists(file) ? Files.readString(file).strip() : "run";
    }

    void wish(String wish) throws IOException {
        AtomicFiles.write(folder.resolve("wish"), wish + "\n");
    }

    /** How it ended, if it has. */
    Optional<JsonObject> outcome() throws IOException {
        Path file = folder.resolve(OUTCOME);
        return Files.exists(file) ? Optional.of(new JsonObject(Files.readString(file))) : Optional.empty();
    }

    void outcome(JsonObject outcome) throws IOException {
        AtomicFiles.write(folder.resolve(OUTCOME), outcome.encodePrettily() + "\n");
    }

    /** Forgets that it failed or was cancelled, so that it can go on. */
    void reopen() throws IOException {
        AtomicFiles.delete(folder.resolve(OUTCOME));
    }

    Path result() {
        return folder.resolve("result");
    }

    private Path run(long term) {
        return folder.resolve("terms").resolve(name(term)).resolve("run");
    }

    static String name(long term) {
        return String.format("%08d", term);
    }

    private List<Long> terms() throws IOException {
        Path all = folder.resolve("terms");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> listed = Files.list(all)) {
            return listed.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d{8,}"))
                    .map(Long::parseLong)
                    .sorted()
                    .toList();
        }
    }

    /** The run's folder of a term, with what the newest earlier term left; it does not exist if nothing was left. */
    Path begin(long term) throws IOException {
        Path run = run(term);
        Files.createDirectories(run.getParent());
        List<Long> earlier = new ArrayList<>(terms());
        earlier.removeIf(other -> other >= term);
        for (int i = earlier.size() - 1; i >= 0 && !Files.exists(run); i--) {
            Path before = run(earlier.get(i));
            if (Files.exists(before.resolve("run.json"))) {
                copy(before, run);
            }
        }
        if (Files.exists(run)) {
            for (long old : earlier.subList(0, Math.max(0, earlier.size() - 1))) {
                AtomicFiles.delete(run(old).getParent()); // what it left is in this run, and in the one before it
            }
        }
        return run;
    }

    /** Copies a folder that somebody may still be writing in, so that a checkpoint is all of one step. */
    private static void copy(Path from, Path to) throws IOException {
        IOException last = null;
        for (int tries = 0; tries < COPY_TRIES; tries++) {
            try {
                String before = state(from);
                AtomicFiles.folder(to, inside -> {
                    copyAll(from, inside);
                    if (!state(from).equals(before)) {
                        throw new IOException(from + " changes while it is copied");
                    }
                });
                AtomicFiles.recover(to);
                return;
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static String state(Path run) throws IOException {
        Path file = run.resolve("checkpoint").resolve("state.json");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static void copyAll(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else {
                Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Makes a finished run the result; of several leaders that finish, one does. */
    void publish(long term) throws IOException {
        if (!Files.exists(result())) {
            try {
                Files.move(run(term), result(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (!Files.exists(result())) {
                    throw e;
                }
            }
        }
        AtomicFiles.delete(folder.resolve("terms"));
    }

    /** What is there to be read: the result, or the newest run. */
    Optional<Path> readable() throws IOException {
        if (Files.isDirectory(result())) {
            return Optional.of(result());
        }
        List<Long> terms = terms();
        for (int i = terms.size() - 1; i >= 0; i--) {
            if (Files.isDirectory(run(terms.get(i)))) {
                return Optional.of(run(terms.get(i)));
            }
        }
        return Optional.empty();
    }
}
