package dev.graft.cli;

import dev.graft.transformer.model.hub.Hub;
import dev.graft.transformer.model.hub.HubRepository;
import dev.graft.transformer.model.hub.HubSettings;
import dev.graft.transformer.model.hub.PullProgress;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches a model from a hub. */
@Command(
        name = "pull",
        description = {
            "Fetches a model or an adapter from a Hugging Face hub into the cache that Python's huggingface_hub uses "
                    + "too, and prints its folder: only the files that Graft reads, and never a pickle. What was cut "
                    + "off goes on where it stopped. Afterwards --base ORG/NAME names it without asking the hub.",
            "Variables: HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_HUB_OFFLINE."
        })
final class PullCommand implements Callable<Integer> {
    private final Console console;
    private final Clock clock;

    @Parameters(paramLabel = "ORG/NAME[@revision]", description = "The model; a revision is a branch, tag or commit.")
    private String repository;

    @Option(
            names = "--file",
            paramLabel = "NAME",
            description = "Fetch this file in place of the safetensors, such as one of several .gguf files; may be "
                    + "given several times.")
    private List<String> files;

    @Mixin
    private Report report;

    @Inject
    PullCommand(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        HubRepository named = HubRepository.parse(repository);
        Hub hub = new Hub(HubSettings.of(System.getenv()));
        Hub.Snapshot snapshot;
        try (Bar bar = new Bar()) {
            snapshot = hub.pull(named, files == null ? List.of() : files, bar);
        }
        if (!report.json()) {
            console.out().println(snapshot.directory());
            return 0;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("repository", named.name());
        result.put("revision", named.revision());
        result.put("commit", snapshot.commit());
        result.put("directory", snapshot.directory().toString());
        report.print(result);
        return 0;
    }

    /** The files' bytes as a bar. */
    private final class Bar implements PullProgress, AutoCloseable {
        private Meter meter;

        @Override
        public void begins(int count, long bytes) {
            close();
            meter = Meter.ofBytes(console, clock, "pull", bytes);
        }

        @Override
        public void came(String file, long bytes) {
            meter.advance(bytes, bytes, file);
        }

        @Override
        public void close() {
            if (meter != null) {
                meter.close();
            }
        }
    }
}
