package dev.graft.cli;

import com.google.inject.Guice;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.runtime.vertx.GraftServices;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves a base with its adapters until it is interrupted. */
@Command(
        name = "serve",
        description = "Serves a base and its adapters on the event bus, in a cluster with --cluster, until it is "
                + "interrupted.")
final class ServeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ServedOptions served;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private ClusterArguments cluster;

    @Mixin
    private PluginOptions plugins;

    @Inject
    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        cluster.check();
        ServeOptions options = served.options();
        PeftMethods methods = plugins.methods();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> end(interrupted, ended), "serve-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try (BaseModel base = served.base().open();
                Workers workers = compute.workers()) {
            Vertx vertx = Waiting.value(cluster.start());
            GraftServices services = Guice.createInjector(served.module(base, methods, options, workers))
                    .getInstance(GraftServices.class);
            Waiting.value(services.start(vertx));
            console.err()
                    .println("graft: ready; the model " + services.model() + " is served at "
                            + Addresses.model(services.model()) + (cluster.joins() ? "" : " in this process"));
            interrupted.await();
            Waiting.value(services.stop());
            Waiting.value(vertx.close());
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /** The process ends when requests are answered and memory is given back. */
    private static void end(CountDownLatch interrupted, CountDownLatch ended) {
        interrupted.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
