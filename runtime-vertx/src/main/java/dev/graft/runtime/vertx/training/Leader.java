package dev.graft.runtime.vertx.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Failure.Code;
import dev.graft.training.data.DataException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The node that leads for a term: it runs the jobs, lends their micro-batches to workers and answers questions. */
final class Leader implements AutoCloseable {
    private static final int AT_ONCE = 8;

    private final Wire wire;
    private final Addresses addresses;
    private final RunningJob.Shared shared;
    private final JobsFolder jobs;
    private final Map<String, RunningJob> running = new TreeMap<>();
    private final ExecutorService threads;
    private final List<Future<Runnable>> served = new ArrayList<>();
    private final MessageConsumer<JsonObject> hello;
    private final Sessions sessions;
    private boolean closed;

    Leader(Wire wire, Addresses addresses, String name, RunningJob.Shared shared) throws IOException {
        this.wire = wire;
        this.addresses = addresses;
        this.shared = shared;
        jobs = shared.jobs();
        AtomicInteger numbers = new AtomicInteger();
        threads = Executors.newFixedThreadPool(AT_ONCE, work -> {
            Thread thread = new Thread(work, "graft-job-" + numbers.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        sessions = new Sessions(shared);
        hello = wire.vertx()
                .eventBus()
                .consumer(addresses.hello(), message -> shared.pool().hello(message.body()));
        served.add(wire.serve(addresses.leader(name), this::fromWorker));
        for (JobFolder job : jobs.all()) {
            if (job.outcome().isEmpty() && job.wish().equals("run")) {
                start(job);
            }
        }
        served.add(wire.serve(addresses.jobs(), this::fromClient));
    }

    /** Values are given and results taken at once: nothing here waits. */
    private Future<Parcel> fromWorker(Parcel parcel) {
        String kind = parcel.kind();
        if (!kind.equals("still") && !kind.equals("moving")) {
            shared.pool().answer(parcel);
            return Future.succeededFuture(Parcel.of("taken"));
        }
        RunningJob job;
        synchronized (this) {
            job = running.get(parcel.head().getString("job"));
        }
        long version = parcel.head().getLong("version");
        Parcel values = job != null
                ? job.values(kind, version)
                : sessions.values(parcel.head().getString("job"), kind, version);
        return values == null
                ? Future.failedFuture(new Failure(Code.CONFLICT, "these values are gone"))
                : Future.succeededFuture(values);
    }

    /** Questions about jobs touch the disk, so they run on a worker thread of Vert.x. */
    private Future<Parcel> fromClient(Parcel parcel) {
        return wire.vertx()
                .executeBlocking(
                        () -> {
                            try {
                                return answer(parcel);
                            } catch (SettingsException | FileFormatException | DataException e) {
                                throw new Failure(Code.BAD_REQUEST, e.getMessage());
                            } catch (NoSuchFileException e) {
                                throw new Failure(
                                        Code.BAD_REQUEST, e.getFile() + " does not exist on the leading node");
                            }
                        },
                        false);
    }

    private Parcel answer(Parcel parcel) throws IOException {
        JsonObject head = parcel.head();
        String id = head.getString("job");
        return switch (parcel.kind()) {
            case "submit" -> Parcel.of(submit(id, head.getJsonObject("spec")));
            case "list" -> Parcel.of(list());
            case "status" -> Parcel.of(status(known(id)));
            case "pause" -> Parcel.of(wish(known(id), "paused"));
            case "cancel" -> Parcel.of(wish(known(id), "cancelled"));
            case "resume" -> Parcel.of(resume(known(id)));
            case "files" -> Parcel.of(new JsonObject().put("files", new JsonArray(files(known(id)))));
            case "file" -> file(known(id), head.getString("file"));
            case "session" -> Parcel.of(sessions.create(id, head.getJsonObject("spec")));
            case "call" -> Parcel.of(sessions.call(head));
            default ->
                throw new SettingsException("the kind is '" + parcel.kind()
                        + "'; allowed: submit, list, status, pause, resume, cancel, files, file, session, call");
        };
    }

    private JobFolder known(String id) {
        JobFolder job = jobs.job(id);
        if (jobs.session(id).exists()) {
            return jobs.session(id);
        }
        if (!job.exists()) {
            throw new SettingsException("there is no job " + id + "; list names them");
        }
        return job;
    }

    /** The same job again is the same job: a submission may be repeated. */
    private JsonObject submit(String id, JsonObject json) throws IOException {
        JobSpec spec = new JobSpec(json);
        JobFolder job = jobs.job(id);
        if (!job.exists()) {
            JobPlan.check(shared, spec);
        }
        try {
            JobFolder.create(job.path(), spec.json());
        } catch (FileAlreadyExistsException e) {
            if (!job.exists() || !job.spec().equals(json)) {
                throw new SettingsException("there is another job " + id + "; give another id");
            }
        }
        if (job.outcome().isEmpty() && job.wish().equals("run")) {
            start(job);
        }
        return status(job);
    }

    private synchronized void start(JobFolder job) {
        RunningJob now = running.get(job.id());
        if (closed || now != null && isActive(now)) {
            return;
        }
        JobStatus status = new JobStatus(job.id(), event -> wire.publish(addresses.events(job.id()), event));
        RunningJob started = new RunningJob(shared, job, status);
        running.put(job.id(), started);
        threads.execute(started);
    }

    private static boolean isActive(RunningJob job) {
        String state = job.status().json().getString("state");
        return state.equals("running") || state.equals("queued");
    }

    private JsonObject list() throws IOException {
        JsonArray all = new JsonArray();
        for (JobFolder job : jobs.all()) {
            all.add(status(job));
        }
        return new JsonObject()
                .put("jobs", all)
                .put("workers", shared.pool().report())
                .put("term", shared.term())
                .put("leader_pid", ProcessHandle.current().pid());
    }

    private JsonObject status(JobFolder job) throws IOException {
        RunningJob now;
        synchronized (this) {
            now = running.get(job.id());
        }
        if (now != null) {
            return now.status().json();
        }
        Optional<JsonObject> outcome = job.outcome();
        return outcome.isPresent()
                ? outcome.get().put("job", job.id())
                : new JsonObject().put("job", job.id()).put("state", job.wish());
    }

    private JsonObject wish(JobFolder job, String wish) throws IOException {
        if (job.outcome().isPresent()) {
            return status(job);
        }
        job.wish(wish);
        RunningJob now;
        synchronized (this) {
            now = running.get(job.id());
        }
        if (now != null && isActive(now)) {
            now.stop(wish);
        } else if (wish.equals("cancelled")) {
            job.outcome(new JsonObject().put("state", "cancelled"));
            synchronized (this) {
                running.remove(job.id());
            }
        }
        return status(job);
    }

    private JsonObject resume(JobFolder job) throws IOException {
        Optional<JsonObject> outcome = job.outcome();
        if (outcome.isPresent() && outcome.get().getString("state").equals("done")) {
            return status(job);
        }
        job.reopen();
        job.wish("run");
        start(job);
        return status(job);
    }

    private static List<String> files(JobFolder job) throws IOException {
        Optional<Path> root = job.readable();
        if (root.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(root.get())) {
            return walk.filter(Files::isRegularFile)
                    .map(path -> root.get().relativize(path).toString())
                    .filter(name -> !name.contains(".tmp-") && !name.startsWith("checkpoint"))
                    .sorted()
                    .toList();
        }
    }

    /** Only what {@link #files} lists can be read, so no name leads out of the folder. */
    private static Parcel file(JobFolder job, String name) throws IOException {
        if (!files(job).contains(name)) {
            throw new SettingsException("job " + job.id() + " has no file '" + name + "'; files names them");
        }
        return new Parcel(
                new JsonObject().put("file", name),
                Files.readAllBytes(job.readable().orElseThrow().resolve(name)));
    }

    /** Leaves all jobs as they are; the next leader goes on from their checkpoints. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            running.values().forEach(job -> job.stop("left"));
        }
        hello.unregister();
        served.forEach(one -> one.onSuccess(Runnable::run));
        threads.shutdownNow();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.close();
        shared.pool().close();
    }
}
