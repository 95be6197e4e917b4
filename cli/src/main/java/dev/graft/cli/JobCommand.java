package dev.graft.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Training jobs of a cluster. */
@Command(
        name = "job",
        description =
                "Submits training jobs to a cluster of workers, watches and steers them, and fetches what they left.",
        subcommands = {
            JobSubmitCommand.class,
            JobListCommand.class,
            JobActionCommand.Status.class,
            JobActionCommand.Pause.class,
            JobActionCommand.Resume.class,
            JobActionCommand.Cancel.class,
            JobWatchCommand.class
        })
final class JobCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
