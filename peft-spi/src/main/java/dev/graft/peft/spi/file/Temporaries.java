package dev.graft.peft.spi.file;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Hidden files and folders that must not outlive the process, not even one that is interrupted. */
final class Temporaries {
    /** Names that {@link #beside} gives, and what is added to them. */
    static final String PATTERN = "\\..+\\.tmp-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-before|-gone)?";

    private static final Set<Path> PENDING = ConcurrentHashMap.newKeySet();

    /** Among the pending ones once the process ends: what began now would be deleted by nobody. */
    private static final Path ENDING = Path.of("");

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Temporaries::deletePending, "temporaries"));
    }

    private Temporaries() {}

    /**
     * A name beside a path that nobody else uses, {@code .name.tmp-random}; deleted when the process is interrupted.
     *
     * @throws IOException if the process is ending
     */
    static Path beside(Path target) throws IOException {
        Path path = target.resolveSibling("." + target.getFileName() + ".tmp-" + UUID.randomUUID());
        PENDING.add(path);
        if (PENDING.contains(ENDING)) {
            claim(path);
            throw ending(path);
        }
        return path;
    }

    /** It is complete and about to be renamed: from now on an interrupted process leaves it alone. */
    static void claim(Path path) throws IOException {
        if (!PENDING.remove(path)) {
            throw ending(path);
        }
    }

    private static IOException ending(Path path) {
        return new IOException(path + ": not written, the process is ending");
    }

    /** Deletes it, if it is there. */
    static void delete(Path path) {
        PENDING.remove(path);
        deleteAll(path);
    }

    private static void deletePending() {
        PENDING.add(ENDING);
        for (Path path : PENDING) {
            if (path != ENDING && PENDING.remove(path)) {
                deleteAll(moved(path));
            }
        }
    }

    /** Under another name a thread that is still writing finds the folder no more. */
    private static Path moved(Path path) {
        try {
            return Files.move(path, path.resolveSibling(path.getFileName() + "-gone"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            return path;
        }
    }

    private static void deleteAll(Path root) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            System.getLogger(Temporaries.class.getName()).log(System.Logger.Level.WARNING, "cannot delete " + root, e);
        }
    }
}
