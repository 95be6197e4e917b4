package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class MeterTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Instant now = Instant.EPOCH;

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    private Meter meter(boolean terminal, long first, long total) {
        Console console = new Console(new PrintStream(out, true), new PrintStream(err, true), terminal);
        return new Meter(console, clock, "train", "steps", first, total);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whereNobodyWatchesALineAppearsNowAndThen() {
        try (Meter meter = meter(false, 0, 100)) {
            for (int i = 1; i <= 40; i++) {
                now = now.plusSeconds(1);
                meter.advance(1, 3000, "loss 0.5");
            }
        }
        String expected = "train: 10 of 100 steps, 3,000 tokens/s, 0:01:30 left, loss 0.5";
        assertEquals(expected, err().lines().findFirst().orElseThrow());
        assertEquals(4, err().lines().count(), err());
        assertEquals(0, out.size());
    }

    @Test
    void whatAnEarlierProcessDidIsNoSpeed() {
        try (Meter meter = meter(false, 90, 100)) {
            now = now.plusSeconds(20);
            meter.advance(5, 400, "");
        }
        assertEquals("train: 95 of 100 steps, 20 tokens/s, 0:00:20 left\n", err());
    }

    @Test
    void whereSomebodyWatchesThereIsABar() {
        try (Meter meter = meter(true, 0, 8)) {
            now = now.plusSeconds(1);
            meter.advance(2, 5000, "loss 0.5");
            meter.say("step 2: good");
        }
        assertTrue(err().contains("\r"), err());
        assertTrue(err().contains("2/8"), err());
        assertTrue(err().contains("5,000 tokens/s, loss 0.5"), err());
        assertTrue(err().contains("step 2: good\n"), err());
        assertFalse(err().contains("steps,"), err());
        assertEquals(0, out.size());
    }
}
