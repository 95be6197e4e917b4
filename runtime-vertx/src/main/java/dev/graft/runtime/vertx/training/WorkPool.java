package dev.graft.runtime.vertx.training;

import dev.graft.runtime.vertx.message.Failure;
import dev.graft.training.Replica;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The micro-batches that are to be computed, of all jobs, and the workers that compute them. Work is lent with a deadline:
 * when a worker is gone, silent or late, another gets it too, and the first answer counts. A second answer must have the
 * same bits; where it has not, the job fails, because nobody knows which one is right.
 */
final class WorkPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkPool.class);
    private static final long SILENT_NANOS = 3_000_000_000L;
    private static final long FIRST_LEASE_NANOS = 60_000_000_000L;
    private static final long REST_NANOS = 300_000_000L;
    private static final Duration SEND = Duration.ofSeconds(5);
    private static final int MOST_FAILURES = 3;

    private final Wire wire;
    private final Addresses addresses;
    private final String leader;
    private final NodeFacts facts;
    private final Map<String, Member> members = new HashMap<>();
    private final Deque<Part> queue = new ArrayDeque<>();
    private final Map<String, Map<Integer, Part>> open = new HashMap<>();
    private final Map<String, String> broken = new HashMap<>();
    private final long timer;
    private long leases;
    private double usualNanos = -1;

    /** A worker that is there. */
    private static final class Member {
        private final String name;
        private final int threads;
        private final long pid;
        private long heard;
        private long restsUntil = System.nanoTime();
        private int lent;

        Member(String name, int threads, long pid) {
            this.name = name;
            this.threads = threads;
            this.pid = pid;
        }

        /** One more than it computes at once, so that it never waits for the next. */
        int room() {
            return System.nanoTime() < restsUntil ? 0 : threads + 1 - lent;
        }
    }

    /** A micro-batch that somebody computes or is to compute. */
    private static final class Part {
        private final String job;
        private final long version;
        private final int number;
        private final byte[] bytes;
        private final CompletableFuture<Replica.Computed> done = new CompletableFuture<>();
        private final Map<Long, Lease> lent = new HashMap<>();
        private int times;
        private int failures;

        Part(String job, long version, int number, byte[] bytes) {
            this.job = job;
            this.version = version;
            this.number = number;
            this.bytes = bytes;
        }
    }

    private record Lease(Member member, long since, long until) {}

    WorkPool(Wire wire, Addresses addresses, String leader, NodeFacts facts) {
        this.wire = wire;
        this.addresses = addresses;
        this.leader = leader;
        this.facts = facts;
        timer = wire.vertx().setPeriodic(100, id -> look());
    }

    /** A worker says that it is there, or that it leaves. */
    synchronized void hello(JsonObject hello) {
        String name = hello.getString("worker");
        if (hello.getBoolean("leaves", false)) {
            drop(name, "left");
            return;
        }
        Member member = members.get(name);
        if (member == null) {
            String difference = facts.difference(NodeFacts.read(hello.getJsonObject("facts")));
            if (difference != null) {
                LOG.warn("worker {} is refused: {}", name, difference);
                Parcel refusal = Parcel.of("refused");
                refusal.head().put("reason", difference);
                wire.ask(addresses.worker(name), refusal, SEND);
                return;
            }
            member = new Member(name, hello.getInteger("threads"), hello.getLong("pid"));
            members.put(name, member);
            LOG.info("worker {} joins with {} threads", name, member.threads);
        }
        member.heard = System.nanoTime();
        lend();
    }

    /** Number of workers and their threads, for reports. */
    synchronized JsonObject report() {
        JsonObject report = new JsonObject();
        members.values()
                .forEach(member -> report.put(
                        member.name,
                        new JsonObject()
                                .put("threads", member.threads)
                                .put("pid", member.pid)
                                .put("lent", member.lent)));
        return report;
    }

    /** Threads of all workers that are there. */
    synchronized int threads() {
        return members.values().stream().mapToInt(member -> member.threads).sum();
    }

    /** Asks for a micro-batch; the future completes when the first worker has it. */
    synchronized CompletableFuture<Replica.Computed> submit(String job, long version, int number, byte[] bytes) {
        if (broken.containsKey(job)) {
            throw new WorkFailedException(broken.remove(job));
        }
        Part part = new Part(job, version, number, bytes);
        open.computeIfAbsent(job, name -> new HashMap<>()).put(number, part);
        queue.add(part);
        lend();
        return part.done;
    }

    /** Forgets what was submitted for a job: its step is done, or it ends. */
    synchronized void forget(String job) {
        Map<Integer, Part> parts = open.remove(job);
        if (parts != null) {
            queue.removeIf(part -> part.job.equals(job));
            parts.values().forEach(part -> {
                giveBack(part);
                part.done.cancel(false);
            });
        }
    }

    /** A worker has computed, has failed, or was too late to get the values. */
    synchronized void answer(Parcel parcel) {
        JsonObject head = parcel.head();
        Member member = members.get(head.getString("worker"));
        if (member != null) {
            member.heard = System.nanoTime();
        }
        Part part = open.getOrDefault(head.getString("job"), Map.of()).get(head.getInteger("part"));
        if (part == null || part.version != head.getLong("version")) {
            throw new Failure(Failure.Code.CONFLICT, "this micro-batch is not wanted any more");
        }
        Lease lease = part.lent.remove(head.getLong("lease"));
        if (lease != null) {
            lease.member.lent--;
        }
        switch (parcel.kind()) {
            case "done" -> done(part, parcel, head.getLong("nanos"));
            case "failed" -> failed(part, head.getString("reason"));
            default -> again(part);
        }
        lend();
    }

    private void done(Part part, Parcel parcel, long nanos) {
        double share = Double.longBitsToDouble(parcel.head().getLong("share"));
        Replica.Computed computed = new Replica.Computed(share, parcel.body(), nanos);
        usualNanos = usualNanos < 0 ? nanos : 0.9 * usualNanos + 0.1 * nanos;
        if (!part.done.complete(computed) && !part.done.isCompletedExceptionally()) {
            Replica.Computed first = part.done.join();
            if (Double.compare(first.share(), share) != 0 || !Arrays.equals(first.gradient(), parcel.body())) {
                broken.put(
                        part.job,
                        "two workers computed other bits for micro-batch " + part.number + " of step "
                                + (part.version + 1)
                                + ", and nobody knows which are right; see which machine is at fault");
            }
        }
    }

    private void failed(Part part, String reason) {
        if (++part.failures >= MOST_FAILURES) {
            part.done.completeExceptionally(new WorkFailedException("micro-batch " + part.number + " of step "
                    + (part.version + 1) + " failed on " + part.failures + " workers, at last with: " + reason));
        } else {
            again(part);
        }
    }

    /** Puts a micro-batch back, unless it is done, waits already, or somebody else computes it. */
    private void again(Part part) {
        if (!part.done.isDone() && part.lent.isEmpty() && !queue.contains(part)) {
            queue.addFirst(part);
        }
    }

    private void giveBack(Part part) {
        part.lent.values().forEach(lease -> lease.member.lent--);
        part.lent.clear();
    }

    /** Ten times a second: who is silent, what is late. */
    private synchronized void look() {
        long now = System.nanoTime();
        for (Member member : List.copyOf(members.values())) {
            if (now - member.heard > SILENT_NANOS) {
                drop(member.name, "is silent");
            }
        }
        for (Map<Integer, Part> parts : open.values()) {
            for (Part part : parts.values()) {
                part.lent.entrySet().removeIf(lent -> {
                    boolean over = now > lent.getValue().until();
                    if (over) {
                        lent.getValue().member().lent--;
                        LOG.warn(
                                "micro-batch {} of step {} of {} is late: another worker gets it",
                                part.number,
                                part.version,
                                part.job);
                    }
                    return over;
                });
                again(part);
            }
        }
        lend();
        doubleTheLatest(now);
    }

    private void drop(String name, String why) {
        Member member = members.remove(name);
        if (member == null) {
            return;
        }
        LOG.info("worker {} {}", name, why);
        for (Map<Integer, Part> parts : open.values()) {
            for (Part part : parts.values()) {
                part.lent.values().removeIf(lease -> lease.member() == member);
                again(part);
            }
        }
        lend();
    }

    /** Gives what waits to those with most room. */
    private void lend() {
        while (!queue.isEmpty()) {
            Optional<Member> free = roomiest(List.of());
            if (free.isEmpty()) {
                return;
            }
            Part part = queue.poll();
            if (!part.done.isDone()) {
                lend(part, free.get());
            }
        }
    }

    private Optional<Member> roomiest(List<Member> without) {
        return members.values().stream()
                .filter(member -> member.room() > 0 && !without.contains(member))
                .max(Comparator.<Member>comparingDouble(member -> (double) member.room() / member.threads)
                        .thenComparing(member -> member.name));
    }

    /** Nothing waits and somebody is idle: what takes far longer than usual is computed a second time. */
    private void doubleTheLatest(long now) {
        if (!queue.isEmpty() || usualNanos < 0) {
            return;
        }
        for (Map<Integer, Part> parts : open.values()) {
            for (Part part : parts.values()) {
                if (part.lent.size() == 1 && !part.done.isDone()) {
                    Lease lease = part.lent.values().iterator().next();
                    Optional<Member> other = roomiest(List.of(lease.member()));
                    if (now - lease.since() > 500_000_000L + 4 * usualNanos
                            && other.isPresent()
                            && other.get().lent == 0) {
                        lend(part, other.get());
                    }
                }
            }
        }
    }

    private void lend(Part part, Member member) {
        long lease = ++leases;
        long now = System.nanoTime();
        long length = (long) Math.max(FIRST_LEASE_NANOS, 20 * usualNanos) << Math.min(10, part.times);
        part.times++;
        part.lent.put(lease, new Lease(member, now, now + length));
        member.lent++;
        JsonObject head = new JsonObject()
                .put("kind", "part")
                .put("job", part.job)
                .put("version", part.version)
                .put("part", part.number)
                .put("lease", lease)
                .put("leader", addresses.leader(leader));
        wire.ask(addresses.worker(member.name), new Parcel(head, part.bytes), SEND)
                .onFailure(e -> notTaken(part, lease));
    }

    private synchronized void notTaken(Part part, long lease) {
        Lease lent = part.lent.remove(lease);
        if (lent != null) {
            lent.member.lent--;
            lent.member.restsUntil = System.nanoTime() + REST_NANOS; // it is full, or hard to reach
            again(part);
        }
    }

    @Override
    public void close() {
        wire.vertx().cancelTimer(timer);
        List<String> jobs;
        synchronized (this) {
            jobs = new ArrayList<>(open.keySet());
        }
        jobs.forEach(this::forget);
    }
}
