package dev.graft.runtime.vertx.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/** An authority and certificates of it, made by the JDK's keytool. */
final class TestCertificates {
    private static final String SECRET = "changeit";

    private final Path folder;

    private TestCertificates(Path folder) {
        this.folder = folder;
    }

    static TestCertificates make(Path folder, String name) throws Exception {
        Files.createDirectories(folder);
        TestCertificates made = new TestCertificates(folder);
        made.keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "bc:c=ca:true");
        made.keytool("-exportcert", "-rfc", "-alias", "ca", "-file", "ca.pem");
        return made;
    }

    /** A node's certificate for 127.0.0.1. */
    BusTls node(String name) throws Exception {
        keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1");
        keytool("-certreq", "-alias", name, "-file", name + ".csr");
        keytool(
                "-gencert",
                "-rfc",
                "-alias",
                "ca",
                "-ext",
                "san=ip:127.0.0.1",
                "-infile",
                name + ".csr",
                "-outfile",
                name + ".pem");
        java.security.KeyStore store =
                java.security.KeyStore.getInstance(folder.resolve("store.p12").toFile(), SECRET.toCharArray());
        byte[] key = store.getKey(name, SECRET.toCharArray()).getEncoded();
        Path file = folder.resolve(name + ".key");
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
        return new BusTls(folder.resolve(name + ".pem"), file, folder.resolve("ca.pem"));
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        Collections.addAll(command, arguments);
        Collections.addAll(command, "-keystore", "store.p12", "-storetype", "PKCS12", "-storepass", SECRET);
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + said);
        }
    }
}
