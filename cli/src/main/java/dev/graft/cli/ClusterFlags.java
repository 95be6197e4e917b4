package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.cluster.BusTls;
import dev.graft.runtime.vertx.cluster.Cluster;
import dev.graft.runtime.vertx.cluster.ClusterOptions;
import dev.graft.runtime.vertx.training.TestFaults;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.runtime.vertx.transport.TransportOptions;
import dev.graft.training.TrainingStoppedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;

/** Which cluster to join. */
final class ClusterFlags {
    @Option(
            names = "--cluster",
            paramLabel = "HOST[:PORT],...",
            arity = "0..1",
            defaultValue = "127.0.0.1",
            fallbackValue = "127.0.0.1",
            description = "Nodes to ask for the cluster; the first node of all begins it (default: this machine).")
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
            defaultValue = "127.0.0.1",
            description = "Address of this node that the others reach it at (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(
            names = "--cluster-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of this node for membership; 0: the first free one from 5701 on.")
    private int port;

    @Option(names = "--cluster-certificate", paramLabel = "FILE", description = "This node's certificate (PEM).")
    private Path certificate;

    @Option(names = "--cluster-key", paramLabel = "FILE", description = "The certificate's key (PEM).")
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
            await(vertx.close(), "leaving the cluster");
        }
    }

    /** Joins, or begins the cluster. */
    Joined join() {
        Vertx vertx = await(Cluster.join(options(), new VertxOptions()), "joining the cluster at " + members);
        return new Joined(
                vertx,
                await(Endpoint.start(vertx, TransportOptions.DEFAULT, TestFaults.ofProperty()), "starting the bus"));
    }

    private ClusterOptions options() {
        long given = Arrays.asList(certificate, key, authority).stream()
                .filter(file -> file != null)
                .count();
        if (given != 0 && given != 3) {
            throw new SettingsException("--cluster-certificate is " + certificate + ", --cluster-key " + key
                    + ", --cluster-authority " + authority + "; give all three for TLS on the bus, or none");
        }
        List<String> nodes = Arrays.stream(members.split(","))
                .map(String::strip)
                .filter(node -> !node.isEmpty())
                .toList();
        return new ClusterOptions(
                name, host, port, 0, nodes, given == 0 ? null : new BusTls(certificate, key, authority));
    }

    /** Waits for what the cluster does; at most two minutes. */
    static <T> T await(Future<T> future, String what) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException runtime
                    ? runtime
                    : new TrainingStoppedException(
                            what + " failed: " + e.getCause().getMessage());
        } catch (TimeoutException e) {
            throw new TrainingStoppedException(what + " took more than two minutes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TrainingStoppedException(what + " was interrupted");
        }
    }
}
