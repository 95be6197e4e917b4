package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.AdapterRequest;
import dev.graft.runtime.vertx.message.AdapterStatus;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Answers requests about a model's adapters. It reads and writes files, so it is not for an event loop. */
public final class AdapterService {
    private final AdapterStore store;

    /** A service over a store. */
    public AdapterService(AdapterStore store) {
        this.store = store;
    }

    /**
     * Does what is asked.
     *
     * @throws Failure if it cannot
     */
    public Packet answer(Packet packet) {
        AdapterRequest request = AdapterRequest.of(packet);
        AdapterName name = AdapterName.parse(request.adapter());
        return switch (request.op()) {
            case LIST -> list();
            case FETCH -> AdapterRequest.filed(new JsonObject().put("adapter", name.toString()), store.files(name));
            case PUBLISH -> new Packet(publish(name, request).toJson());
            case LOAD -> new Packet(store.load(name).toJson());
            case PIN -> new Packet(store.pin(name, true).toJson());
            case UNPIN -> new Packet(store.pin(name, false).toJson());
            case UNLOAD -> new Packet(store.unload(name).toJson());
        };
    }

    private AdapterStatus publish(AdapterName name, AdapterRequest request) {
        if (name.digest() != null) {
            String digest = VersionFiles.digest(request.files());
            if (!digest.startsWith(name.digest())) {
                throw new Failure(
                        Failure.Code.CONFLICT, "the files have the digest " + digest + ", not " + name.digest());
            }
        }
        return store.publish(name.name(), request.files());
    }

    private Packet list() {
        JsonArray all = new JsonArray();
        store.list().stream().map(AdapterStatus::toJson).forEach(all::add);
        return new Packet(new JsonObject().put("adapters", all));
    }
}
