package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.training.TrainingNode;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A node that trains with others. */
@Command(
        name = "worker",
        description =
                "Joins a cluster and computes micro-batches of its training jobs, until it is stopped. With --jobs it "
                        + "may also lead: one of those that may does, and another takes over when it is gone.")
final class WorkerCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private BaseOptions baseOptions;

    @Mixin
    private ClusterFlags cluster;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private PluginOptions plugins;

    @Option(
            names = "--jobs",
            paramLabel = "DIR",
            description = "Folder of the jobs, on a disk that all nodes with this option see.")
    private Path jobs;

    @Inject
    WorkerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (BaseModel base = baseOptions.open();
                Workers workers = compute.workers()) {
            base.fingerprint();
            try (ClusterFlags.Joined joined = cluster.join()) {
                CompletableFuture<String> refused = new CompletableFuture<>();
                TrainingNode node = new TrainingNode(
                        joined.vertx(), joined.endpoint(), base, plugins.methods(), workers, jobs, refused::complete);
                Thread last = new Thread(node::close, "graft-worker-end");
                Runtime.getRuntime().addShutdownHook(last);
                console.err()
                        .println("worker of " + baseOptions.name() + " is ready, with " + workers.threads() + " threads"
                                + (jobs == null ? "" : ", and may lead the jobs in " + jobs));
                String reason = wait(refused);
                Runtime.getRuntime().removeShutdownHook(last);
                node.close();
                throw new SettingsException("the cluster refuses this worker: " + reason
                        + "; start it with the same --base, --base-dtype and --math, and the same version of Graft");
            }
        }
    }

    private static String wait(CompletableFuture<String> refused) {
        try {
            return refused.get();
        } catch (InterruptedException | ExecutionException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
