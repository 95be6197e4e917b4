package dev.graft.runtime.vertx.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A bounded queue that serves its keys in turn. Where it is full, the key that has most in it gives up its newest entry,
 * so that a flood of one key never keeps another out. Safe for use by several threads.
 */
final class FairQueue<T> {
    private final int capacity;
    private final Map<String, Deque<T>> waiting = new LinkedHashMap<>();
    private int size;
    private boolean closed;

    FairQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Adds an entry. Returns the one that has no place any more, which may be this one; null if all have. */
    synchronized T offer(String key, T entry) {
        if (closed) {
            return entry;
        }
        T refused = null;
        if (size == capacity) {
            Map.Entry<String, Deque<T>> longest = longest();
            int own = waiting.containsKey(key) ? waiting.get(key).size() : 0;
            if (longest.getValue().size() <= own + 1) {
                return entry;
            }
            refused = longest.getValue().removeLast();
            size--;
        }
        waiting.computeIfAbsent(key, k -> new ArrayDeque<>()).add(entry);
        size++;
        notifyAll();
        return refused;
    }

    private Map.Entry<String, Deque<T>> longest() {
        Map.Entry<String, Deque<T>> longest = null;
        for (Map.Entry<String, Deque<T>> each : waiting.entrySet()) {
            if (longest == null || each.getValue().size() > longest.getValue().size()) {
                longest = each;
            }
        }
        return longest;
    }

    /** The next entry, or null if there is none. */
    synchronized T poll() {
        return poll(key -> true);
    }

    /** The next entry of a key that may be served, or null if there is none. */
    synchronized T poll(Predicate<String> allowed) {
        Iterator<Map.Entry<String, Deque<T>>> keys = waiting.entrySet().iterator();
        while (keys.hasNext()) {
            Map.Entry<String, Deque<T>> next = keys.next();
            if (allowed.test(next.getKey())) {
                T entry = next.getValue().remove();
                size--;
                keys.remove();
                if (!next.getValue().isEmpty()) {
                    waiting.put(next.getKey(), next.getValue()); // behind all others
                }
                return entry;
            }
        }
        return null;
    }

    /** Waits for the next entry; null if the queue is closed. */
    synchronized T take() throws InterruptedException {
        while (size == 0 && !closed) {
            wait();
        }
        return poll();
    }

    /** Waits until there are so many entries, or the time is over. */
    synchronized void await(int entries, long nanos) throws InterruptedException {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; size < entries && !closed && left > 0; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    synchronized int size() {
        return size;
    }

    /** Nothing is taken any more; who waits is woken. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
