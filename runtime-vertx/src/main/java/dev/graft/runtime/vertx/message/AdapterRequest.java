package dev.graft.runtime.vertx.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks a model's adapter service: {@code {"op", "adapter", "files": [{"name", "part"}]}}. Publishing brings the files of
 * an adapter's folder as parts.
 *
 * @param op what is asked
 * @param adapter {@code name}, or {@code name@digest} for one version; null for {@link Op#LIST}
 * @param files by their names; empty but for {@link Op#PUBLISH}
 */
public record AdapterRequest(Op op, String adapter, Map<String, Buffer> files) {
    /** What can be asked. */
    public enum Op {
        /** Adds a version and makes it the newest of its name. The answer is the version. */
        PUBLISH,
        /** All versions: {@code {"adapters": [...]}}. */
        LIST,
        /** Brings a version into memory. */
        LOAD,
        /** Brings it into memory and keeps it there. */
        PIN,
        /** Lets it leave memory again. */
        UNPIN,
        /** Takes it out of memory as soon as no request uses it. */
        UNLOAD,
        /** The files of a version, as publishing brings them. */
        FETCH;

        /** As it is written. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #label}. */
        public static Op of(String label) {
            for (Op op : values()) {
                if (op.label().equals(label)) {
                    return op;
                }
            }
            throw Fields.wrong("op", label, "publish, list, load, pin, unpin, unload, fetch");
        }
    }

    /** Checks what can be checked without a model. */
    public AdapterRequest {
        files = Map.copyOf(files);
        if (op != Op.LIST && adapter == null) {
            throw Fields.wrong("adapter", null, "its name");
        }
        AdapterName.parse(adapter);
    }

    /** As a message. */
    public Packet toPacket() {
        JsonObject head = new JsonObject().put("op", op.label());
        if (adapter != null) {
            head.put("adapter", adapter);
        }
        return files.isEmpty() ? new Packet(head) : filed(head, files);
    }

    /** Files as parts. */
    public static Packet filed(JsonObject head, Map<String, Buffer> files) {
        JsonArray names = new JsonArray();
        List<Buffer> parts = new ArrayList<>();
        files.forEach((name, bytes) -> {
            names.add(new JsonObject().put("name", name).put("part", parts.size()));
            parts.add(bytes);
        });
        return new Packet(head.put("files", names), parts);
    }

    /** Files that came as parts. */
    public static Map<String, Buffer> files(Packet packet) {
        Map<String, Buffer> files = new LinkedHashMap<>();
        for (JsonObject json : new Fields(packet.head()).objects("files")) {
            Fields file = new Fields(json);
            int part = file.whole("part", -1, 0, Math.max(0, packet.parts().size() - 1));
            String name = file.requireText("name");
            if (part < 0 || part >= packet.parts().size()) {
                throw Fields.wrong("part", part, "the number of a part of the message");
            }
            files.put(name, packet.parts().get(part));
        }
        return files;
    }

    /** Reads {@link #toPacket}. */
    public static AdapterRequest of(Packet packet) {
        Fields fields = new Fields(packet.head());
        AdapterRequest request = new AdapterRequest(Op.of(fields.text("op")), fields.text("adapter"), files(packet));
        fields.objects("files");
        fields.finish("the request");
        return request;
    }
}
