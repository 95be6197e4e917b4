package dev.graft.peft.spi.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void aFileIsReplacedWhole() throws IOException {
        Path file = folder.resolve("deep/er/file.txt");
        AtomicFiles.write(file, "first, and longer");
        AtomicFiles.write(file, "second");
        assertEquals("second", Files.readString(file));
        assertEquals(List.of("file.txt"), names(file.getParent()));
    }

    @Test
    void whatAKilledProcessLeftIsTidied() throws IOException {
        String half = ".tmp-0123abcd-0123-4567-89ab-0123456789ab";
        for (String name : List.of("kept", ".kept.tmp", ".lost" + half + "-before", ".kept" + half + "-before")) {
            Files.createDirectory(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("name"), name);
        }
        for (String name : List.of(".lost" + half, ".kept" + half, ".more" + half + "-gone")) {
            Files.writeString(folder.resolve(name), "half");
        }
        AtomicFiles.recover(folder);
        assertEquals(List.of(".kept.tmp", "kept", "lost"), names(folder));
        assertEquals("kept", Files.readString(folder.resolve("kept/name")));
        assertEquals(".lost" + half + "-before", Files.readString(folder.resolve("lost/name")));
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("file");
        AtomicFiles.write(file, "old");
        for (Throwable failure : failures()) {
            var error = assertThrows(
                    Throwable.class,
                    () -> AtomicFiles.write(file, channel -> {
                        channel.write(ByteBuffer.wrap(new byte[1000]));
                        raise(failure);
                    }));
            assertEquals(failure, error);
            assertEquals("old", Files.readString(file));
            assertEquals(List.of("file"), names(folder));
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsAnError() throws IOException {
        Path file = folder.resolve("file");
        AtomicFiles.write(file, "a file, no folder");
        assertThrows(FileSystemException.class, () -> AtomicFiles.write(file.resolve("below"), "x"));
        assertThrows(FileSystemException.class, () -> AtomicFiles.folder(file.resolve("below"), inside -> {}));
        Files.createDirectories(folder.resolve("taken/full"));
        assertThrows(FileSystemException.class, () -> AtomicFiles.write(folder.resolve("taken"), "x"));
        assertEquals(List.of("file", "taken"), names(folder));
    }

    @Test
    void aFolderAppearsWhole() throws IOException {
        Path target = folder.resolve("deep/target");
        AtomicFiles.folder(target, inside -> {
            assertFalse(Files.exists(target));
            assertEquals(folder.resolve("deep"), inside.getParent());
            Files.writeString(inside.resolve("a"), "1");
            Files.createDirectory(inside.resolve("sub"));
            Files.writeString(inside.resolve("sub/b"), "2");
        });
        assertEquals(List.of("a", "sub"), names(target));
        assertEquals(List.of("target"), names(target.getParent()));
    }

    @Test
    void aFolderThatIsInUseIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        AtomicFiles.folder(target, inside -> Files.writeString(inside.resolve("a"), "1"));
        var error = assertThrows(
                FileAlreadyExistsException.class,
                () -> AtomicFiles.folder(target, inside -> {
                    throw new AssertionError("was asked to write");
                }));
        assertTrue(error.getMessage().contains("not empty"), error.getMessage());
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThrows(FileAlreadyExistsException.class, () -> AtomicFiles.folder(file, inside -> {}));
        assertThrows(FileAlreadyExistsException.class, () -> AtomicFiles.folder(Path.of("/"), inside -> {}));
        assertEquals(List.of("file", "target"), names(folder));
    }

    @Test
    void aReplacedFolderIsReplacedWholeOrNotAtAll() throws IOException {
        Path target = folder.resolve("target");
        AtomicFiles.folder(target, inside -> Files.writeString(inside.resolve("old"), "1"));
        for (Throwable failure : failures()) {
            assertThrows(
                    Throwable.class,
                    () -> AtomicFiles.folder(target, there -> true, inside -> {
                        Files.writeString(inside.resolve("new"), "2");
                        raise(failure);
                    }));
            assertEquals(List.of("old"), names(target));
        }
        AtomicFiles.folder(target, there -> true, inside -> Files.writeString(inside.resolve("new"), "2"));
        assertEquals(List.of("new"), names(target));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void aFolderThatSomebodyElseMadeMeanwhileIsKept() throws IOException {
        Path target = folder.resolve("target");
        assertThrows(
                FileAlreadyExistsException.class,
                () -> AtomicFiles.folder(target, inside -> {
                    Files.writeString(inside.resolve("mine"), "1");
                    Files.createDirectory(target);
                    Files.writeString(target.resolve("theirs"), "2");
                }));
        assertEquals(List.of("theirs"), names(target));
        assertEquals(List.of("target"), names(folder));
    }

    @Test
    void ofManyWritersOneWinsAndItsFolderStays() throws Exception {
        for (int round = 0; round < 100; round++) {
            Path target = folder.resolve("target-" + round);
            CyclicBarrier together = new CyclicBarrier(4);
            Callable<Integer> writer = () -> {
                together.await();
                try {
                    AtomicFiles.folder(target, broken -> !Files.exists(broken.resolve("whole")), inside -> {
                        Files.writeString(inside.resolve("whole"), "");
                    });
                    return 1;
                } catch (FileAlreadyExistsException e) {
                    return 0;
                }
            };
            int winners = 0;
            for (Future<Integer> result : threads.invokeAll(Collections.nCopies(4, writer))) {
                winners += result.get();
            }
            assertEquals(1, winners);
            assertEquals(List.of("whole"), names(target));
        }
        assertEquals(100, names(folder).size());
    }

    private static List<Throwable> failures() {
        IOException full = new IOException("No space left on device");
        return List.of(full, new UncheckedIOException(full), new IllegalStateException(), new OutOfMemoryError("test"));
    }

    private static void raise(Throwable failure) throws IOException {
        if (failure instanceof IOException io) {
            throw io;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
