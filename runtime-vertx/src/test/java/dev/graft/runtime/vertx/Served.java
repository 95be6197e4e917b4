package dev.graft.runtime.vertx;

import static dev.graft.runtime.vertx.Futures.get;

import com.google.inject.Guice;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.testkit.TinyBase;
import dev.graft.peft.testkit.TinyFamilies;
import dev.graft.runtime.vertx.client.ModelClient;
import dev.graft.runtime.vertx.serve.ServeOptions;
import dev.graft.runtime.vertx.transport.Endpoint;
import dev.graft.training.probe.Lively;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A tiny base, served in this process. */
public final class Served implements AutoCloseable {
    public static final PeftMethods METHODS = PeftMethods.discover(ModuleLayer.boot());

    public final Path folder;
    public final BaseModel base;
    public final Vertx vertx = Vertx.vertx();
    public final GraftServices services;
    public final Endpoint endpoint;
    public final ModelClient client;
    public final Workers workers = new Workers("fp32", 1);

    public Served(String family, Path folder, ServeOptions options) throws Exception {
        this.folder = folder;
        this.base = BaseModel.open(TinyFamilies.write(family, folder.resolve("base"), 1));
        this.services = Guice.createInjector(
                        new GraftModule("tiny", base, folder.resolve("adapters"), METHODS, options))
                .getInstance(GraftServices.class);
        get(services.start(vertx));
        this.endpoint = get(Endpoint.start(vertx));
        this.client = new ModelClient(endpoint, "tiny", 30_000);
    }

    /** A classifying adapter as training might leave it. */
    public Adapter classifier(String method, long seed) {
        return Lively.moved(Adapter.create(base, METHODS, method, Map.of(), TinyBase.LABELS, seed), seed);
    }

    /** An adapter without a head. */
    public Adapter writer(String method, long seed) {
        return Lively.moved(Adapter.create(base, METHODS, method, Map.of(), List.of(), seed), seed);
    }

    /** The files of an adapter. */
    public Map<String, Buffer> files(Adapter adapter) throws IOException {
        Path at = Files.createTempDirectory(folder, "files").resolve("adapter");
        AdapterFolder.save(at, base, adapter, notes(), false);
        return read(at);
    }

    public GraftNotes notes() throws IOException {
        return new GraftNotes(
                null, base.fingerprint(), null, null, null, TinyBase.LABELS, TinyBase.LONGEST, Map.of(), Map.of());
    }

    public static Map<String, Buffer> read(Path folder) throws IOException {
        Map<String, Buffer> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Buffer.buffer(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    /** Saves an adapter where the services watch. */
    public void drop(String name, Adapter adapter) throws IOException {
        AdapterFolder.save(folder.resolve("adapters").resolve(name), base, adapter, notes(), true);
    }

    @Override
    public void close() throws Exception {
        get(services.stop());
        get(endpoint.close());
        get(vertx.close());
        workers.close();
        base.close();
    }
}
