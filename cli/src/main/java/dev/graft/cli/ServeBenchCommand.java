package dev.graft.cli;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.training.Memory;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Loads a served model with requests and says how many it answers, and how soon. */
@Command(
        name = "bench-serve",
        description = "Asks a model that serve --cluster serves to classify texts with its adapters in turn, from as "
                + "many askers at a time as --askers says, or with --rate at a fixed rate.")
final class ServeBenchCommand implements Callable<Integer> {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "The model's name.")
    private String name;

    @Option(
            names = "--adapters-in-turn",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "How many of its adapters are asked, in the order of their names; 0: the base alone (${DEFAULT-VALUE}).")
    private int adapters;

    @Option(
            names = "--askers",
            paramLabel = "N",
            defaultValue = "32",
            description = "Requests that are under way at a time (${DEFAULT-VALUE}).")
    private int askers;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Requests a second, whether answers come or not; 0: each asker waits for its answer.")
    private double rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long, after half of it to warm up (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--words",
            paramLabel = "N",
            defaultValue = "30",
            description = "Words of a text (${DEFAULT-VALUE}).")
    private int words;

    @Mixin
    private ClusterFlags cluster;

    @Mixin
    private Report report;

    @Inject
    ServeBenchCommand() {}

    @Override
    public Integer call() throws IOException {
        cluster.check();
        if (adapters < 0 || askers < 1 || rate < 0 || seconds <= 0 || words < 1) {
            throw new SettingsException("a number is below its least; allowed: --adapters-in-turn and --rate from 0, "
                    + "--askers and --words from 1, --seconds above 0");
        }
        Vertx vertx = Waiting.value(cluster.vertx());
        try {
            Endpoint endpoint = Waiting.value(Endpoint.start(vertx));
            ServeLoad load = new ServeLoad(new ModelClient(endpoint, name, 60_000), adapters, askers, rate, words);
            load.run(seconds / 2);
            Map<String, Object> result = new LinkedHashMap<>(load.run(seconds));
            result.put("adapters", adapters);
            result.put("askers", askers);
            result.put("words", words);
            result.put("client_rss_mib", Memory.peakMiB());
            report.print(result);
        } finally {
            Waiting.value(vertx.close());
        }
        return 0;
    }
}
