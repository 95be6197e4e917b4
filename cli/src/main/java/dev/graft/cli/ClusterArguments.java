package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.cluster.BusTls;
import dev.graft.runtime.vertx.cluster.Cluster;
import dev.graft.runtime.vertx.cluster.ClusterOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Whether and how a process joins a cluster. */
final class ClusterArguments {
    @Option(
            names = "--cluster",
            description = "Join the cluster of --member, or begin one; without, this process is alone.")
    private boolean cluster;

    @Option(
            names = "--cluster-name",
            paramLabel = "NAME",
            defaultValue = "graft",
            description = "Nodes of another name do not join (${DEFAULT-VALUE}).")
    private String name;

    @Option(
            names = "--cluster-host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "This node's address, as others reach it (${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--cluster-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of membership; 0: the first free one from 5701 on (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--bus-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of the event bus; 0: any free one (${DEFAULT-VALUE}).")
    private int busPort;

    @Option(
            names = "--member",
            paramLabel = "HOST:PORT",
            description = "A node to ask; may be repeated. Nothing is searched for.")
    private List<String> members = List.of();

    @Option(names = "--bus-certificate", paramLabel = "FILE", description = "PEM: this node's certificate for the bus.")
    private Path certificate;

    @Option(names = "--bus-key", paramLabel = "FILE", description = "PEM: its private key (PKCS#8).")
    private Path key;

    @Option(
            names = "--bus-authority",
            paramLabel = "FILE",
            description = "PEM: the certificate that signed those of all nodes; others are not heard.")
    private Path authority;

    /** True if it joins one. */
    boolean joins() {
        return cluster;
    }

    /** Options of Vert.x for this node. */
    VertxOptions vertx() {
        return new VertxOptions().setEventBusOptions(cluster ? Cluster.bus(options()) : new EventBusOptions());
    }

    /** Starts Vert.x, in the cluster or alone. */
    Future<Vertx> start() {
        return cluster ? Cluster.join(options(), vertx()) : Future.succeededFuture(Vertx.vertx(vertx()));
    }

    /** How it joins. */
    ClusterOptions options() {
        return new ClusterOptions(name, host, port, busPort, members, tls());
    }

    /** Checks what was given, before anything is opened. */
    void check() {
        if (!cluster && (!members.isEmpty() || certificate != null || key != null || authority != null)) {
            throw new SettingsException("--member and the certificates have a meaning with --cluster only; add it");
        }
        for (int each : new int[] {port, busPort}) {
            if (each < 0 || each > 65_535) {
                throw new SettingsException("a port is " + each + "; allowed: 0 to 65535");
            }
        }
        tls();
    }

    private BusTls tls() {
        List<Path> files = Stream.of(certificate, key, authority)
                .filter(file -> file != null)
                .toList();
        if (files.isEmpty()) {
            return null;
        }
        if (files.size() < 3) {
            throw new SettingsException("only " + files + " is given for TLS on the bus; it needs all of "
                    + "--bus-certificate, --bus-key and --bus-authority");
        }
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new SettingsException(file + " is given for TLS on the bus, but cannot be read");
            }
        }
        return new BusTls(certificate, key, authority);
    }
}
