package dev.graft.architecture.planted.two;

import dev.graft.architecture.planted.one.One;

/** The other half of a cycle. */
public final class Two {
    /** Returns the first half. */
    public One other() {
        return new One();
    }
}
