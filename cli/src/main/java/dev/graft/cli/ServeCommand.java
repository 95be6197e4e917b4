package dev.graft.cli;

import com.google.inject.Guice;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.GraftServices;
import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.http.Backend;
import dev.graft.runtime.vertx.http.BusBackend;
import dev.graft.runtime.vertx.http.ClusterJobs;
import dev.graft.runtime.vertx.http.HttpDoor;
import dev.graft.runtime.vertx.http.HttpModule;
import dev.graft.runtime.vertx.http.HttpOptions;
import dev.graft.runtime.vertx.http.Jobs;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.runtime.vertx.training.TrainingClient;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a base with its adapters until it is interrupted. */
@Command(
        name = "serve",
        description = "Serves a base and its adapters on the event bus, in a cluster with --cluster, until it is "
                + "interrupted.")
final class ServeCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--check",
            description = "Starts, lets the model read one text over the bus, and ends: to see whether all is right.")
    private boolean check;

    @Mixin
    private ServedOptions served;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private ClusterFlags cluster;

    @Mixin
    private HttpArguments http;

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
        HttpOptions door = http.options();
        PeftMethods methods = plugins.methods();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> end(interrupted, ended), "serve-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try (BaseModel base = served.base().open();
                Workers workers = compute.workers()) {
            Vertx vertx = Waiting.value(cluster.given() ? cluster.vertx() : Future.succeededFuture(Vertx.vertx()));
            GraftServices services = Guice.createInjector(served.module(base, methods, options, workers))
                    .getInstance(GraftServices.class);
            Waiting.value(services.start(vertx));
            console.err()
                    .println("graft: ready; the model " + services.model() + " is served at "
                            + Addresses.model(services.model()) + (cluster.given() ? "" : " in this process"));
            HttpDoor opened = door == null
                    ? null
                    : open(vertx, services, door, base.config().generates());
            if (check) {
                ask(vertx, services.model());
            } else {
                interrupted.await();
            }
            if (opened != null) {
                Waiting.value(opened.stop());
            }
            Waiting.value(services.stop());
            Waiting.value(vertx.close());
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /** Answers over HTTP too. */
    private HttpDoor open(Vertx vertx, GraftServices services, HttpOptions options, boolean generates)
            throws IOException, InterruptedException {
        Endpoint endpoint = Waiting.value(Endpoint.start(vertx));
        Jobs jobs = cluster.given() ? new ClusterJobs(new TrainingClient(vertx, endpoint)) : null;
        Backend backend = new BusBackend(
                endpoint,
                services.model(),
                http.deadlineMillis(),
                () -> services.inference().load(),
                jobs);
        HttpDoor door = Guice.createInjector(new HttpModule(options), binder -> {
                    binder.bind(Vertx.class).toInstance(vertx);
                    binder.bind(Backend.class).toInstance(backend);
                })
                .getInstance(HttpDoor.class);
        try {
            Waiting.value(door.start());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage());
        }
        http.say(console.err(), door, services.model(), generates);
        return door;
    }

    /** Fails if a text is not read. */
    private void ask(Vertx vertx, String model) throws IOException, InterruptedException {
        ModelClient client = new ModelClient(Waiting.value(Endpoint.start(vertx)), model, http.deadlineMillis());
        int size = Waiting.value(client.embed(null, List.of("Hello"))).values().get(0).length;
        console.err().println("graft: checked; " + model + " gave a vector of " + size + " numbers");
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
