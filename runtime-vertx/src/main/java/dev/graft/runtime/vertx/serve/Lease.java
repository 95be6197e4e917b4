package dev.graft.runtime.vertx.serve;

import dev.graft.transformer.model.Adapter;

/** A version of an adapter in memory, which stays there and stays the same until the lease is closed. */
public final class Lease implements AutoCloseable {
    /** The bare base. */
    static final Lease BASE = new Lease(null, null, null);

    private final Version version;
    private final AdapterStore store;
    private final Integer maxLength;
    private boolean closed;

    Lease(AdapterStore store, Version version, Integer maxLength) {
        this.store = store;
        this.version = version;
        this.maxLength = maxLength;
    }

    /** The adapter, or null for the bare base. */
    public Adapter adapter() {
        return version == null ? null : version.loaded.adapter();
    }

    /** {@code name@digest}, or null for the bare base. */
    public String id() {
        return version == null ? null : version.id();
    }

    /** Most tokens of a text in its training, or null where that is not known. */
    public Integer maxLength() {
        return maxLength;
    }

    /** Gives it back; a second time does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed || version == null) {
                return;
            }
            closed = true;
        }
        store.release(version);
    }
}
