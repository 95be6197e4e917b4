package dev.graft.cli;

import dev.graft.runtime.vertx.training.TrainingClient;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All jobs and workers. */
@Command(name = "list", description = "Lists the cluster's jobs and workers.")
final class JobListCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private ClusterFlags cluster;

    @Option(names = "--json", description = "Print one line of JSON.")
    private boolean json;

    @Inject
    JobListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (ClusterFlags.Joined joined = cluster.join()) {
            JsonObject all =
                    Waiting.await(new TrainingClient(joined.vertx(), joined.endpoint()).list(), "asking for the jobs");
            if (json) {
                console.out().println(all.encode());
                return 0;
            }
            console.out().println("workers: " + all.getJsonObject("workers").size());
            all.getJsonArray("jobs").stream()
                    .map(JsonObject.class::cast)
                    .forEach(job -> console.out()
                            .println(job.getString("job") + "  " + job.getString("state")
                                    + (job.containsKey("step")
                                            ? "  step " + job.getValue("step") + " of " + job.getValue("steps")
                                            : "")
                                    + (job.containsKey("message") ? "  " + job.getString("message") : "")));
        }
        return 0;
    }
}
