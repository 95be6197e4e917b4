package dev.graft.cli;

import dev.graft.runtime.vertx.training.TrainingClient;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits for a job. */
@Command(name = "watch", description = "Shows a job's progress until it ends, and fetches its folder.")
final class JobWatchCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Mixin
    private ClusterFlags cluster;

    @Mixin
    private Report report;

    @Option(names = "--output", paramLabel = "DIR", description = "Where the run's folder goes when the job is done.")
    private Path output;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String id;

    @Inject
    JobWatchCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterFlags.Joined joined = cluster.join()) {
            TrainingClient client = new TrainingClient(joined.vertx(), joined.endpoint());
            report.print(
                    new JobFollower(client, console, clock).follow(id, output).getMap());
        }
        return 0;
    }
}
