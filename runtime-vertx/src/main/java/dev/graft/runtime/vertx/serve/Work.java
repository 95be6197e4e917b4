package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.transport.Incoming;

/** A request on its way through the queues, with what must be given back when it is over. */
final class Work {
    private final Incoming call;
    private final String key;
    private volatile boolean stopped;
    private Lease lease;
    private boolean over;
    private int users;

    /** A call of one adapter, or of the bare base. */
    Work(Incoming call, AdapterName adapter) {
        this.call = call;
        this.key = adapter == null ? "" : adapter.name();
        call.onStop(() -> stopped = true);
    }

    Incoming call() {
        return call;
    }

    /** What it is fair to: the adapter's name, empty for the bare base. */
    String key() {
        return key;
    }

    /** True if nobody waits for it any more. */
    boolean stopped() {
        return stopped;
    }

    /** The version that it began with; it is given back at the end. */
    void lend(Lease lent) {
        lease = lent;
    }

    Lease lease() {
        return lease;
    }

    /** It is over with a reason; a second time does nothing. */
    void fail(Throwable why) {
        if (finish()) {
            call.fail(failure(why));
        }
    }

    private static Failure failure(Throwable why) {
        boolean wrong = why instanceof dev.graft.peft.spi.SettingsException;
        return wrong ? new Failure(Failure.Code.BAD_REQUEST, why.getMessage()) : Failure.of(why);
    }

    /** It is over; false if it was already. The adapter is given back when nobody computes with it any more. */
    synchronized boolean finish() {
        boolean was = over;
        over = true;
        if (!was) {
            giveBack();
        }
        return !was;
    }

    /** Somebody computes with the adapter until {@link #leave}; false if the request is over already. */
    synchronized boolean enter() {
        if (!over) {
            users++;
        }
        return !over;
    }

    synchronized void leave() {
        users--;
        if (over) {
            giveBack();
        }
    }

    private void giveBack() {
        if (users == 0 && lease != null) {
            lease.close();
        }
    }
}
