package dev.graft.runtime.vertx.training;

import dev.graft.training.plan.ComputeIdentity;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What must be the same on all nodes that train together, or they would compute other bits. */
final class NodeFacts {
    private final Map<String, String> facts;

    private NodeFacts(Map<String, String> facts) {
        this.facts = facts;
    }

    static NodeFacts of(BaseModel base, Workers workers) throws IOException {
        return new NodeFacts(ComputeIdentity.of(base, workers));
    }

    static NodeFacts read(JsonObject json) {
        Map<String, String> facts = new LinkedHashMap<>();
        json.forEach(entry -> facts.put(entry.getKey(), String.valueOf(entry.getValue())));
        return new NodeFacts(facts);
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        facts.forEach(json::put);
        return json;
    }

    String fingerprint() {
        return facts.get("base");
    }

    /** Why another node cannot work with this one, or null. */
    String difference(NodeFacts other) {
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            String theirs = other.facts.get(fact.getKey());
            if (!fact.getValue().equals(theirs)) {
                return "its " + fact.getKey() + " is " + theirs + ", but this cluster trains with " + fact.getValue()
                        + ": it would compute other bits";
            }
        }
        return null;
    }
}
