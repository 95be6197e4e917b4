package dev.graft.cli;

import dev.graft.training.plan.RunOrigin;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What training starts from: a method with its settings, or an adapter that brings both. */
final class StartOptions {
    @Option(
            names = "--method",
            paramLabel = "ID",
            description =
                    "A method (see graft methods), or a baseline: head trains the classifier alone, full a copy of "
                            + "the whole base.")
    private String method;

    @Option(
            names = "--init-adapter",
            paramLabel = "DIR",
            description = "Train this adapter on; it brings its method and all settings.")
    private Path initAdapter;

    @Option(
            names = "--on-adapter",
            paramLabel = "DIR",
            description = "Train --method on top of this adapter, which acts too and stays as it is; the result holds "
                    + "both.")
    private Path onAdapter;

    @Mixin
    private MethodSettings settings;

    /** What was given. */
    RunOrigin origin() {
        return new RunOrigin(method, settings.values(), initAdapter, onAdapter);
    }
}
