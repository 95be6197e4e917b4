package dev.graft.runtime.vertx.cluster;

import java.nio.file.Path;

/** Certificates of two authorities; src/test/resources/tls/README.md says how they were made. */
public final class TestCertificates {
    private TestCertificates() {}

    /** A node's certificate for 127.0.0.1, of the authority {@code ours} or {@code theirs}. */
    public static BusTls of(String authority) {
        Path folder = Path.of("src", "test", "resources", "tls", authority);
        return new BusTls(folder.resolve("node.pem"), folder.resolve("node.key"), folder.resolve("ca.pem"));
    }
}
