package dev.graft.transformer.model.hub;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A lock on a file that excludes other processes, Python's {@code filelock} too. That one calls flock(2), which the
 * locks of Java's channels do not know of on Linux: so it is called here as well. On Windows both lock the same way.
 */
final class CacheLock implements AutoCloseable {
    private static final int EXCLUSIVE_NOW = 2 | 4;
    private static final int READABLE = 0644;

    /** EINTR, and EWOULDBLOCK on Linux and on macOS. */
    private static final Set<Integer> BUSY = Set.of(4, 11, 35);

    private static final long PAUSE_MILLIS = 100;

    private interface Held extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private final Held held;

    private CacheLock(Held held) {
        this.held = held;
    }

    /** Waits until nobody else has it. */
    static CacheLock take(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        while (true) {
            Held held = Platform.isWindows() ? channel(file) : flock(file);
            if (held != null) {
                return new CacheLock(held);
            }
            Sleep.of(PAUSE_MILLIS);
        }
    }

    private static Held flock(Path file) throws IOException {
        int descriptor = call("creat", file.toString(), READABLE); // its content, which is none, may go
        if (descriptor < 0) {
            throw new IOException(file + " cannot be made; check that the folder may be written");
        }
        if (call("flock", descriptor, EXCLUSIVE_NOW) != 0) {
            int error = Native.getLastError();
            call("close", descriptor);
            if (!BUSY.contains(error)) {
                throw new IOException(file + " cannot be locked, system error " + error
                        + "; put the cache onto a file system with locks: HF_HUB_CACHE");
            }
            return null;
        }
        return () -> call("close", descriptor); // which gives the lock back
    }

    private static int call(String name, Object... arguments) {
        Function function = NativeLibrary.getInstance(Platform.C_LIBRARY_NAME).getFunction(name);
        return function.invokeInt(arguments);
    }

    private static Held channel(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock(0, 1, false);
            if (lock != null) {
                return channel::close;
            }
        } catch (OverlappingFileLockException e) {
            // another thread of this process has it
        }
        channel.close();
        return null;
    }

    /** True from {@link #take} on. */
    boolean isHeld() {
        return held != null;
    }

    @Override
    public void close() throws IOException {
        held.close();
    }
}
