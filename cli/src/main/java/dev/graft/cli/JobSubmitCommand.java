package dev.graft.cli;

import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.runtime.vertx.training.JobSpec;
import dev.graft.runtime.vertx.training.TrainingClient;
import dev.graft.training.plan.RunOrigin;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.BaseModel;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives a job to a cluster. */
@Command(
        name = "submit",
        description = "Submits a training job with the options of train. The adapter has the bytes that train gives, "
                + "whatever happens to the workers.")
final class JobSubmitCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Mixin
    private ClusterFlags cluster;

    @Mixin
    private DataOptions data;

    @Mixin
    private StartOptions start;

    @Mixin
    private TrainOptions train;

    @Mixin
    private Report report;

    @Option(names = "--id", paramLabel = "ID", description = "The job's id (default: a new one).")
    private String id;

    @Option(
            names = "--base",
            paramLabel = "DIR|FILE|ORG/NAME|minilm",
            description = "Refuse the job if the cluster's base is another one than this.")
    private String base;

    @Option(names = "--watch", description = "Show the progress until the job ends.")
    private boolean watch;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Wait for the end and fetch the run's folder into this one.")
    private Path output;

    @Inject
    JobSubmitCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        if (output != null) {
            AtomicFiles.requireFree(output);
        }
        JobSpec spec = spec();
        String job = id == null ? TrainingClient.newId() : id;
        try (ClusterFlags.Joined joined = cluster.join()) {
            TrainingClient client = new TrainingClient(joined.vertx(), joined.endpoint());
            JsonObject status = Waiting.await(client.submit(job, spec), "submitting " + job);
            if (watch || output != null) {
                console.err().println("submitted as " + job);
                status = new JobFollower(client, console, clock).follow(job, output);
            }
            report.print(status.getMap());
        }
        return 0;
    }

    /** The rows are read here, too, so that the cluster can see that it has the same. */
    private JobSpec spec() throws IOException {
        RunOrigin origin = start.origin();
        JsonObject json = new JsonObject();
        put(json, "method", origin.method());
        put(json, "init_adapter", absolute(origin.initAdapter()));
        put(json, "on_adapter", absolute(origin.onAdapter()));
        json.put("settings", new JsonObject(origin.settings()));
        json.put("data_hash", data.read().hash());
        boolean embedded =
                data.source().equals(DataOptions.FULL) || data.source().equals(DataOptions.QUICK);
        json.put("data", embedded ? data.source() : absolute(Path.of(data.source())));
        json.put("loss_on", data.lossOn());
        json.put("training", new JsonObject(train.given()));
        if (base != null) {
            try (BaseModel opened = BaseModel.open(BaseOptions.directory(base), BaseDtype.STORED)) {
                json.put("base", opened.fingerprint());
            }
        }
        return new JobSpec(json);
    }

    private static String absolute(Path path) {
        return path == null ? null : path.toAbsolutePath().normalize().toString();
    }

    private static void put(JsonObject json, String key, String value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
