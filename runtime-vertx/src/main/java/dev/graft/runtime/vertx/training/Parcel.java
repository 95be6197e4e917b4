package dev.graft.runtime.vertx.training;

import dev.graft.runtime.vertx.message.Packet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A message of the training service.
 *
 * @param head says what it is, by its kind
 * @param body bytes that belong to it; may be empty
 */
record Parcel(JsonObject head, byte[] body) {
    /** A message without bytes. */
    static Parcel of(JsonObject head) {
        return new Parcel(head, new byte[0]);
    }

    /** A message of some kind without bytes. */
    static Parcel of(String kind) {
        return of(new JsonObject().put("kind", kind));
    }

    static Parcel of(Packet packet) {
        return new Parcel(
                packet.head(),
                packet.parts().isEmpty() ? new byte[0] : packet.parts().get(0).getBytes());
    }

    Packet packet() {
        return body.length == 0 ? new Packet(head) : new Packet(head, List.of(Buffer.buffer(body)));
    }

    String kind() {
        return head.getString("kind", "");
    }
}
