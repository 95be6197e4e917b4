package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.GraftModule;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model is served, and how much at a time. */
final class ServedOptions {
    private static final long MIB = 1 << 20;

    @Mixin
    private BaseOptions base;

    @Option(
            names = "--adapters",
            paramLabel = "DIR",
            required = true,
            description =
                    "The folder of adapters: each of its folders is one. It is watched, and made if it is not there.")
    private Path adapters;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The model's name for clients (default: the last part of --base).")
    private String name;

    @Option(
            names = "--adapter-memory",
            paramLabel = "MIB",
            defaultValue = "1024",
            description = "Memory for adapters; the least recently used leave it (${DEFAULT-VALUE}).")
    private long adapterMemory;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "8192",
            description = "Most requests that wait; more are answered busy (${DEFAULT-VALUE}).")
    private int queue;

    @Option(
            names = "--keep-versions",
            paramLabel = "N",
            defaultValue = "8",
            description =
                    "Older versions of an adapter that stay on the disk though nobody uses them (${DEFAULT-VALUE}).")
    private int olderVersions;

    /** The base. */
    BaseOptions base() {
        return base;
    }

    /** What is served at a time. */
    ServeOptions options() {
        if (adapterMemory < 1 || queue < 1 || olderVersions < 1) {
            throw new SettingsException("--adapter-memory is " + adapterMemory + ", --queue is " + queue
                    + " and --keep-versions is " + olderVersions + "; allowed: 1 or more");
        }
        return ServeOptions.DEFAULT
                .withAdapterBytes(adapterMemory * MIB)
                .withQueue(queue)
                .withOlderVersions(olderVersions);
    }

    /** The model's name. */
    String name() {
        return name != null ? name : Path.of(base.name()).getFileName().toString();
    }

    /** The bindings of its services. */
    GraftModule module(BaseModel opened, PeftMethods methods, ServeOptions options, Workers workers) {
        return new GraftModule(name(), opened, adapters, methods, options).with(workers);
    }
}
