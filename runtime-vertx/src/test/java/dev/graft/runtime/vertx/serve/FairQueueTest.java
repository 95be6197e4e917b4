package dev.graft.runtime.vertx.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** Keys are served in turn, and the one with most gives way. */
class FairQueueTest {
    @Test
    void keysAreServedInTurn() {
        FairQueue<String> queue = new FairQueue<>(10);
        for (String entry : new String[] {"a1", "a2", "a3", "b1", "c1", "c2"}) {
            assertNull(queue.offer(entry.substring(0, 1), entry));
        }
        StringBuilder order = new StringBuilder();
        for (String next = queue.poll(); next != null; next = queue.poll()) {
            order.append(next).append(' ');
        }
        assertEquals("a1 b1 c1 a2 c2 a3 ", order.toString());
    }

    @Test
    void whereItIsFullTheLongestGivesItsNewest() {
        FairQueue<String> queue = new FairQueue<>(3);
        queue.offer("a", "a1");
        queue.offer("a", "a2");
        queue.offer("a", "a3");
        assertEquals("a4", queue.offer("a", "a4"));
        assertEquals("a3", queue.offer("b", "b1"));
        assertEquals("b2", queue.offer("b", "b2"));
        assertEquals(3, queue.size());
        assertEquals("b1", queue.poll("b"::equals));
        assertNull(queue.poll("b"::equals));
    }
}
