package dev.graft.transformer.model.mutation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.graft.peft.spi.file.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Lets a reader read damaged files: each must be read or refused with a FileFormatException, soon, and without more heap than
 * its size justifies. The file that is being read lies in {@code target/fuzz}, also when the process dies.
 */
final class Fuzzer implements AutoCloseable {
    private static final long SLOW_NANOS = 30_000_000_000L;

    private final FuzzedReader reader;
    private final List<byte[]> corpus;
    private final Path file;
    private final Thread watch;
    private volatile long started;
    private long slowest;
    private long largest;
    private int refused;

    Fuzzer(FuzzedReader reader) throws IOException {
        this.reader = reader;
        this.corpus = reader.corpus();
        this.file = Files.createDirectories(Path.of("target/fuzz", reader.name().toLowerCase(Locale.ROOT)))
                .resolve(reader.fileName());
        this.watch = new Thread(this::watch, "fuzz-watch");
        watch.setDaemon(true);
        watch.start();
        int accepted = 0;
        for (byte[] good : corpus) { // what is loaded once does not count
            Files.write(file, good);
            accepted += isRefused() ? 0 : 1;
        }
        assertTrue(accepted >= corpus.size() * 0.8, accepted + " of " + corpus.size() + " good files are read");
    }

    /** Reads so many files, and returns how many were refused. */
    int run(int count, long seed) throws IOException {
        for (int i = 0; i < count; i++) {
            one(seed * 1_000_003 + i);
        }
        System.out.printf(
                Locale.ROOT,
                "fuzz %s: %d files from %d, seed %d: %d refused, slowest %d ms, most heap %d KiB%n",
                reader,
                count,
                corpus.size(),
                seed,
                refused,
                slowest / 1_000_000,
                largest >> 10);
        return refused;
    }

    private void one(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] good = corpus.get(random.nextInt(corpus.size()));
        boolean json = reader.isJson() && random.nextInt(4) > 0;
        byte[] bad = json ? new JsonMutator(seed).damage(good) : new Mutator(seed).damage(good);
        Files.write(file, bad);
        boolean[] wasRefused = new boolean[1];
        started = System.nanoTime();
        long allocated = Allocated.here(() -> wasRefused[0] = isRefused());
        slowest = Math.max(slowest, System.nanoTime() - started);
        started = 0;
        refused += wasRefused[0] ? 1 : 0;
        largest = Math.max(largest, allocated);
        if (allocated > (8L << 20) + 64L * bad.length) {
            fail(allocated + " bytes were allocated for " + keep("large"));
        }
    }

    private boolean isRefused() throws IOException {
        try {
            reader.read(file);
            return false;
        } catch (FileFormatException e) {
            assertTrue(e.getMessage().length() < 2000, "the message is too long: " + e.getMessage());
            return true;
        } catch (IOException | RuntimeException | Error e) {
            throw new AssertionError("not a FileFormatException, for " + keep("thrown"), e);
        }
    }

    private Path keep(String why) throws IOException {
        Path kept = Files.createTempFile(
                file.toAbsolutePath().getParent(), why, file.getFileName().toString());
        return Files.write(kept, Files.readAllBytes(file));
    }

    /** Native code cannot be interrupted: a file that takes too long ends the process. */
    private void watch() {
        try {
            while (true) {
                Thread.sleep(500);
                long since = started;
                if (since != 0 && System.nanoTime() - since > SLOW_NANOS) {
                    System.err.println("fuzz " + reader + ": more than 30 s for " + keep("hung"));
                    Runtime.getRuntime().halt(3);
                }
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
