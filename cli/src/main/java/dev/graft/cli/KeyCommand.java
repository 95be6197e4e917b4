package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.http.ApiKeys;
import dev.graft.runtime.vertx.http.Scope;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes an API key for graft serve. */
@Command(
        name = "key",
        description =
                "Makes an API key for graft serve: prints it once, and adds its hash to a file. A key is taken away by "
                        + "deleting its entry; the file is read when a server starts.")
final class KeyCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "Whose it is.")
    private String name;

    @Option(names = "--keys", paramLabel = "FILE", required = true, description = "The file; made if it is not there.")
    private Path file;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            split = ",",
            defaultValue = "infer",
            description = "infer, adapters, jobs, status; several with commas (${DEFAULT-VALUE}).")
    private Set<String> scopes;

    @Option(
            names = "--adapter",
            paramLabel = "NAME",
            split = ",",
            description = "Only these adapters, and not the bare base.")
    private Set<String> adapters = Set.of();

    @Inject
    KeyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try {
            Set<Scope> read = scopes.stream().map(Scope::of).collect(Collectors.toSet());
            console.out().println(ApiKeys.add(file, name, read, adapters));
            return 0;
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage());
        }
    }
}
