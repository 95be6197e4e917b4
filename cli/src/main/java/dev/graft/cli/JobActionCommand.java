package dev.graft.cli;

import dev.graft.runtime.vertx.training.TrainingClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One question about one job. */
abstract class JobActionCommand implements Callable<Integer> {
    private final BiFunction<TrainingClient, String, Future<JsonObject>> action;

    @Mixin
    private ClusterFlags cluster;

    @Mixin
    private Report report;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String id;

    JobActionCommand(BiFunction<TrainingClient, String, Future<JsonObject>> action) {
        this.action = action;
    }

    @Override
    public Integer call() {
        try (ClusterFlags.Joined joined = cluster.join()) {
            TrainingClient client = new TrainingClient(joined.vertx(), joined.endpoint());
            report.print(Waiting.await(action.apply(client, id), "asking about " + id)
                    .getMap());
        }
        return 0;
    }

    /** How far it is. */
    @Command(name = "status", description = "Shows a job's state, step, loss, speed and time left.")
    static final class Status extends JobActionCommand {
        Status() {
            super(TrainingClient::status);
        }
    }

    /** Stops for a while. */
    @Command(name = "pause", description = "Stops a job between two steps; resume goes on.")
    static final class Pause extends JobActionCommand {
        Pause() {
            super(TrainingClient::pause);
        }
    }

    /** Goes on. */
    @Command(name = "resume", description = "Goes on with a job that was paused or cancelled, or failed.")
    static final class Resume extends JobActionCommand {
        Resume() {
            super(TrainingClient::resume);
        }
    }

    /** Ends. */
    @Command(name = "cancel", description = "Ends a job; what it has so far stays.")
    static final class Cancel extends JobActionCommand {
        Cancel() {
            super(TrainingClient::cancel);
        }
    }
}
