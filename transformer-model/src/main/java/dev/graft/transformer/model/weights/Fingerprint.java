package dev.graft.transformer.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A hash of all weights of a checkpoint, with their names and shapes; it does not depend on the files they lie in. */
public final class Fingerprint {
    private Fingerprint() {}

    /** The fingerprint of a checkpoint. */
    public static String of(Checkpoint checkpoint) throws IOException {
        return compute(checkpoint);
    }

    /** The fingerprint of the weights as they are in memory now. */
    public static String compute(Checkpoint checkpoint) throws IOException {
        MessageDigest digest = sha256();
        for (String name : checkpoint.names()) {
            String title = name + Arrays.toString(checkpoint.shape(name));
            digest.update(title.getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = checkpoint.bytes(name).duplicate();
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
