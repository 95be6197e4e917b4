package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Fields;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.FileUpload;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** /admin/adapters: list, publish, load, pin, unpin, unload. */
final class AdapterRoutes {
    static final Set<String> FILES = Set.of("adapter_config.json", "adapter_model.safetensors", "graft.json");
    private static final Set<String> ACTIONS = Set.of("load", "pin", "unpin", "unload");

    private final Backend backend;

    AdapterRoutes(Backend backend) {
        this.backend = backend;
    }

    void list(RoutingContext ctx) {
        backend.adapters().onFailure(ctx::fail).onSuccess(all -> {
            JsonArray adapters = new JsonArray();
            all.stream()
                    .filter(each -> Asked.of(ctx).mayUse(each.name()))
                    .map(AdapterStatus::toJson)
                    .forEach(adapters::add);
            Replies.json(ctx, 200, new JsonObject().put("adapters", adapters));
        });
    }

    void publish(RoutingContext ctx) {
        String name = named(ctx);
        if (name.indexOf('@') >= 0) {
            throw Fields.wrong("adapter", name, "its name; the digest follows from its files");
        }
        if (name.equals(backend.model())) {
            throw Fields.wrong("adapter", name, "another name: this is the base's");
        }
        Map<String, FileUpload> uploads = new LinkedHashMap<>();
        for (FileUpload each : ctx.fileUploads()) {
            if (!FILES.contains(each.fileName())) {
                throw Fields.wrong("file", each.fileName(), "files named " + String.join(", ", FILES));
            }
            if (uploads.put(each.fileName(), each) != null) {
                throw Fields.wrong("file", each.fileName(), "each file once");
            }
        }
        if (!uploads.containsKey("adapter_config.json") || !uploads.containsKey("adapter_model.safetensors")) {
            throw Fields.wrong("file", uploads.keySet(), "adapter_config.json and adapter_model.safetensors, both");
        }
        List<Future<Buffer>> read = new ArrayList<>();
        uploads.values().forEach(upload -> read.add(ctx.vertx().fileSystem().readFile(upload.uploadedFileName())));
        Future.all(read)
                .compose(done -> {
                    Map<String, Buffer> files = new LinkedHashMap<>();
                    int next = 0;
                    for (String file : uploads.keySet()) {
                        files.put(file, read.get(next++).result());
                    }
                    return backend.publish(name, files);
                })
                .onFailure(ctx::fail)
                .onSuccess(status -> Replies.json(ctx, 201, status.toJson()));
    }

    void act(RoutingContext ctx) {
        String name = named(ctx);
        String action = ctx.pathParam("action");
        if (!ACTIONS.contains(action)) {
            throw new Problem.Refused(404, "not_found", "there is no such action; allowed: load, pin, unpin, unload");
        }
        backend.adapter(AdapterRequest.Op.valueOf(action.toUpperCase(Locale.ROOT)), name)
                .onFailure(ctx::fail)
                .onSuccess(status -> Replies.json(ctx, 200, status.toJson()));
    }

    /** The name in the path; what is no name, such as a path, is refused here already. */
    private static String named(RoutingContext ctx) {
        String name = AdapterName.parse(ctx.pathParam("adapter")).toString();
        if (!Asked.of(ctx).mayUse(name)) {
            throw new Failure(Failure.Code.NOT_FOUND, "there is no adapter " + name + " for this key");
        }
        return name;
    }
}
