package dev.graft.architecture.planted.method;

import dev.graft.transformer.model.BaseModel;

/** A method that depends on the model. */
public final class ReachingTheModel {
    private ReachingTheModel() {}

    /** Returns what the framework alone should ask for. */
    public static long parameters(BaseModel base) {
        return base.shape().parameters();
    }
}
