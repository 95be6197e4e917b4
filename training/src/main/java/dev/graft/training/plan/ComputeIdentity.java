package dev.graft.training.plan;

import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What must be the same on two machines for a micro-batch to have the same bits on both. */
public final class ComputeIdentity {
    private ComputeIdentity() {}

    /** Name and value of each fact, in a fixed order. */
    public static Map<String, String> of(BaseModel base, Workers workers) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("base", base.fingerprint());
        facts.put("base_dtype", base.dtype().label());
        facts.put("math", workers.math().label());
        facts.put("graft", Build.get("version"));
        facts.put("kernels", String.valueOf(Machine.versions(workers).get("kernels")));
        facts.put("cpu", Machine.cpu());
        return facts;
    }
}
