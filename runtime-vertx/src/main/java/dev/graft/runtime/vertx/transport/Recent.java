package dev.graft.runtime.vertx.transport;

import java.util.LinkedHashMap;
import java.util.Map;

/** The last calls that are over, so that a first chunk that arrives late does not begin one again. */
final class Recent {
    private static final int MOST = 1 << 16;

    private final Map<CallId, Boolean> calls = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<CallId, Boolean> eldest) {
            return size() > MOST;
        }
    };

    void add(CallId call) {
        calls.put(call, true);
    }

    boolean has(CallId call) {
        return calls.containsKey(call);
    }
}
