package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.message.Failure;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sessions of a leader, opened when they are first called. */
final class Sessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final RunningJob.Shared shared;
    private final Map<String, RunningSession> open = new ConcurrentHashMap<>();
    private boolean closed;

    Sessions(RunningJob.Shared shared) {
        this.shared = shared;
    }

    /** The same session again is the same one. */
    JsonObject create(String id, JsonObject json) throws IOException {
        SessionSpec spec = new SessionSpec(json);
        JobFolder folder = shared.jobs().session(id);
        try {
            JobFolder.create(folder.path(), spec.json());
        } catch (FileAlreadyExistsException e) {
            if (!folder.exists() || !folder.spec().equals(json)) {
                throw new SettingsException("there is another session " + id + "; give another name");
            }
        }
        session(id);
        return new JsonObject().put("session", id);
    }

    JsonObject call(JsonObject head) throws IOException {
        return session(head.getString("job")).call(head);
    }

    private synchronized RunningSession session(String id) throws IOException {
        if (closed || shared.jobs().newestTerm() > shared.term()) {
            throw new Failure(Failure.Code.UNREACHABLE, "another node leads by now");
        }
        RunningSession known = open.get(id);
        if (known == null) {
            JobFolder folder = shared.jobs().session(id);
            if (!folder.exists()) {
                throw new SettingsException("there is no session " + id);
            }
            known = new RunningSession(shared, folder);
            open.put(id, known);
        }
        return known;
    }

    /** What workers ask for; never waits. */
    Parcel values(String id, String kind, long version) {
        RunningSession session = open.get(id);
        return session == null ? null : session.values(kind, version);
    }

    @Override
    public void close() {
        Map<String, RunningSession> all;
        synchronized (this) {
            closed = true;
            all = Map.copyOf(open);
        }
        all.keySet().forEach(shared.pool()::forget);
        all.forEach((id, session) -> {
            try {
                session.close();
            } catch (IOException e) {
                LOG.warn("session {} cannot be closed", id, e);
            }
        });
    }
}
