package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Files and folders that appear whole or not at all: written under a hidden name in the same place, synced to the disk
 * and renamed. Where writing fails, what was there before is untouched and the hidden one is deleted.
 */
public final class AtomicFiles {
    /** Added to the name of what stepped aside. */
    private static final String ASIDE = "-before";

    private AtomicFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface FileBody {
        /** Writes everything; the channel is synced and closed by the caller. */
        void write(FileChannel to) throws IOException;
    }

    /** Writes the content of a folder. */
    @FunctionalInterface
    public interface FolderBody {
        /** Writes everything into this folder, which is empty and has a temporary name. */
        void write(Path folder) throws IOException;
    }

    /** Writes a file, over one that exists; folders above it are made. */
    public static void write(Path file, FileBody body) throws IOException {
        Path target = file.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "exists and is no regular file");
        }
        Files.createDirectories(target.getParent());
        Path temporary = Temporaries.beside(target);
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                body.write(channel);
                channel.force(true);
            }
            Temporaries.claim(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(target.getParent());
        } finally {
            Temporaries.delete(temporary);
        }
    }

    /** Writes a text file in UTF-8. */
    public static void write(Path file, String text) throws IOException {
        write(file, channel -> {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }

    /**
     * Writes a folder that does not exist yet or is empty.
     *
     * @throws FileAlreadyExistsException if there is something at its place; nothing was written then
     */
    public static void folder(Path folder, FolderBody body) throws IOException {
        folder(folder, existing -> false, body);
    }

    /**
     * Writes a folder.
     *
     * <p>Of several writers at once onto a free place one wins. Who replaces must be alone: others find no folder for a
     * moment.
     *
     * @param replaceable decides whether a folder that exists and is not empty may be replaced: the whole folder is
     *     deleted, so it should look for files that only an earlier run can have left
     * @throws FileAlreadyExistsException if there is something else at its place; nothing was written then
     */
    public static void folder(Path folder, Predicate<Path> replaceable, FolderBody body) throws IOException {
        Path target = folder.toAbsolutePath();
        if (target.getParent() == null) {
            throw new FileAlreadyExistsException(target.toString(), null, "is the root of the file system");
        }
        checkFree(target, replaceable);
        Files.createDirectories(target.getParent());
        Path temporary = Temporaries.beside(target);
        try {
            Files.createDirectory(temporary);
            body.write(temporary);
            syncAll(temporary);
            checkFree(target, replaceable);
            Temporaries.claim(temporary);
            put(temporary, target, replaceable);
            sync(target.getParent());
        } finally {
            Temporaries.delete(temporary);
        }
    }

    /**
     * Checks that a folder could be written: it does not exist yet or is empty, and has a parent.
     *
     * @throws FileAlreadyExistsException if there is something at its place
     */
    public static void requireFree(Path folder) throws IOException {
        Path target = folder.toAbsolutePath();
        if (target.getParent() == null) {
            throw new FileAlreadyExistsException(target.toString(), null, "is the root of the file system");
        }
        checkFree(target, existing -> false);
    }

    /** Deletes a folder with everything in it, or a file; nothing happens if there is none. */
    public static void delete(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Temporaries.delete(path.toAbsolutePath());
        }
    }

    /**
     * Tidies a folder after a process that was killed while it wrote there: what had stepped aside and was not yet
     * replaced comes back, and what was half-written goes. Nobody may be writing there.
     */
    public static void recover(Path folder) throws IOException {
        List<Path> left;
        try (Stream<Path> content = Files.list(folder)) {
            left = content.filter(path -> path.getFileName().toString().matches(Temporaries.PATTERN))
                    .sorted()
                    .toList();
        }
        for (Path path : left) {
            String name = path.getFileName().toString();
            Path target = path.resolveSibling(name.substring(1, name.lastIndexOf(".tmp-")));
            if (name.endsWith(ASIDE) && !Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Temporaries.delete(path.toAbsolutePath());
            }
        }
    }

    private static void checkFree(Path target, Predicate<Path> replaceable) throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "exists and is no folder");
        }
        if (!isEmpty(target) && !replaceable.test(target)) {
            throw new FileAlreadyExistsException(
                    target.toString(), null, "the folder exists and is not empty; choose another or delete it");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.findAny().isEmpty();
        }
    }

    /** Renames; what is in the way steps aside first and comes back if that fails. */
    private static void put(Path temporary, Path target, Predicate<Path> replaceable) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        } catch (FileSystemException e) {
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
        checkFree(target, replaceable);
        Path before = temporary.resolveSibling(temporary.getFileName() + ASIDE);
        Files.move(target, before, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            Files.move(before, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        Temporaries.delete(before);
    }

    private static void syncAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                sync(path);
            }
        }
    }

    private static void sync(Path path) throws IOException {
        boolean isFolder = Files.isDirectory(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (!isFolder) { // some systems cannot open a folder to sync it
                throw e;
            }
        }
    }
}
