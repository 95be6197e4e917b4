package dev.graft.transformer.model.weights;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.peft.spi.file.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The identity of a base: a SHA-256 tree over the bytes of its tensors of floats, in the order of their names, with
 * name, type and shape. Leaves are 4 MiB, hashed on all cores. It does not depend on how the tensors are spread over
 * files.
 */
public final class Fingerprint {
    private static final int LEAF = 4 << 20;

    private record Leaf(ByteBuffer bytes, int at) {
        byte[] hash() {
            MessageDigest digest = Hashes.sha256();
            digest.update((byte) 0);
            digest.update(bytes.slice(at, Math.min(LEAF, bytes.limit() - at)));
            return digest.digest();
        }
    }

    private Fingerprint() {}

    /** The fingerprint; from the cache if the files have the sizes and times of change that they had there. */
    public static String of(Checkpoint base) throws IOException {
        return FingerprintCache.of(base);
    }

    /**
     * Hashes the memory that this process computes with, without the cache.
     *
     * @throws IllegalStateException if it is not the expected one, or a converted weight is not what the file says
     */
    public static void verify(Checkpoint base, String expected) throws IOException {
        String found = compute(base);
        if (!found.equals(expected)) {
            throw new IllegalStateException("the base in " + base.directory() + " has the fingerprint " + found
                    + ", but it was " + expected + ": its files were changed while they were in use");
        }
    }

    /**
     * Hashes the memory that this process computes with, without the cache. Weights that were converted on loading are
     * converted again and compared.
     *
     * @throws IllegalStateException if a converted weight is not what the file says
     */
    public static String compute(Checkpoint base) throws FileFormatException {
        base.loaded().forEach((name, floats) -> {
            if (!floats.isIntact()) {
                throw new IllegalStateException("the converted weight " + name + " of the base in " + base.directory()
                        + " was changed in memory");
            }
        });
        List<Leaf> leaves = new ArrayList<>();
        for (String name : base.names()) {
            ByteBuffer bytes = base.bytes(name);
            for (long at = 0; at < bytes.limit(); at += LEAF) {
                leaves.add(new Leaf(bytes, (int) at));
            }
        }
        List<byte[]> hashes = leaves.parallelStream().map(Leaf::hash).toList();
        MessageDigest root = Hashes.sha256();
        root.update((byte) 1);
        int next = 0;
        for (String name : base.names()) {
            WeightEntry entry = base.entry(name);
            String line = name + "\n" + entry.type() + " " + Arrays.toString(entry.shape()) + "\n";
            root.update(line.getBytes(StandardCharsets.UTF_8));
            for (long at = 0; at < base.bytes(name).limit(); at += LEAF) {
                root.update(hashes.get(next++));
            }
        }
        return HexFormat.of().formatHex(root.digest());
    }
}
