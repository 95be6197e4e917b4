package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.cluster.BusTls;
import dev.graft.runtime.vertx.cluster.Cluster;
import dev.graft.runtime.vertx.cluster.ClusterOptions;
import dev.graft.runtime.vertx.training.TestFaults;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.TransportOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which cluster a process joins, and how. */
final class ClusterFlags {
    private static final String HERE = "127.0.0.1";
    private static final int MOST_PORT = 65_535;

    @Option(
            names = "--cluster",
            paramLabel = "HOST[:PORT],...",
            arity = "0..1",
            fallbackValue = HERE,
            description =
                    "Nodes to ask for the cluster, and no others; the first node of all begins it. Without a value: "
                            + "this machine.")
    private String members;

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            defaultValue = "graft",
            description = "Nodes of another name do not join (default: ${DEFAULT-VALUE}).")
    private String name;

    @Option(
            names = "--cluster-host",
            paramLabel = "ADDRESS",
            defaultValue = HERE,
            description = "Address of this node that the others reach it at (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--cluster-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of this node for membership; 0: the first free one from 5701 on.")
    private int port;

    @Option(
            names = "--bus-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of this node for the event bus; 0: any free one.")
    private int busPort;

    @Option(names = "--cluster-certificate", paramLabel = "FILE", description = "This node's certificate (PEM).")
    private Path certificate;

    @Option(names = "--cluster-key", paramLabel = "FILE", description = "The certificate's key (PEM, PKCS#8).")
    private Path key;

    @Option(
            names = "--cluster-authority",
            paramLabel = "FILE",
            description = "The authority whose certificates are accepted on the bus (PEM); the three go together.")
    private Path authority;

    /** A node with an end for calls. */
    record Joined(Vertx vertx, Endpoint endpoint) implements AutoCloseable {
        @Override
        public void close() {
            Waiting.await(vertx.close(), "leaving the cluster");
        }
    }

    /** True if a cluster was named. */
    boolean given() {
        return members != null;
    }

    /** Joins, or begins the cluster; without --cluster that of this machine. */
    Joined join() {
        Vertx vertx = Waiting.await(vertx(), "joining the cluster at " + asked());
        return new Joined(
                vertx,
                Waiting.await(
                        Endpoint.start(vertx, TransportOptions.DEFAULT, TestFaults.ofProperty()), "starting the bus"));
    }

    /** Starts Vert.x as a node of the cluster. */
    Future<Vertx> vertx() {
        return Cluster.join(options(), new VertxOptions());
    }

    private String asked() {
        return members == null ? HERE : members;
    }

    /** Checks what was given, before anything is opened. */
    void check() {
        if (!given() && (certificate != null || key != null || authority != null)) {
            throw new SettingsException("the certificates have a meaning with --cluster only; add it");
        }
        options();
    }

    private ClusterOptions options() {
        for (int each : new int[] {port, busPort}) {
            if (each < 0 || each > MOST_PORT) {
                throw new SettingsException("a port is " + each + "; allowed: 0 to " + MOST_PORT);
            }
        }
        List<String> nodes = Arrays.stream(asked().split(","))
                .map(String::strip)
                .filter(node -> !node.isEmpty())
                .toList();
        return new ClusterOptions(name, host, port, busPort, nodes, tls());
    }

    private BusTls tls() {
        List<Path> files = Stream.of(certificate, key, authority)
                .filter(file -> file != null)
                .toList();
        if (files.isEmpty()) {
            return null;
        }
        if (files.size() < 3) {
            throw new SettingsException("--cluster-certificate is " + certificate + ", --cluster-key " + key
                    + ", --cluster-authority " + authority + "; give all three for TLS on the bus, or none");
        }
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new SettingsException(file + " is given for TLS on the bus, but cannot be read");
            }
        }
        return new BusTls(certificate, key, authority);
    }
}
