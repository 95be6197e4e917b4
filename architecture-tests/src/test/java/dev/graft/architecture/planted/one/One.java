package dev.graft.architecture.planted.one;

import dev.graft.architecture.planted.two.Two;

/** One half of a cycle. */
public final class One {
    /** Returns the other half. */
    public Two other() {
        return new Two();
    }
}
