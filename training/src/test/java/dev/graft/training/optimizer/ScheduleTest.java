package dev.graft.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void factorsAreThoseOfTransformers() {
        JsonNode all = Fixture.OPTIMIZER.get("schedules");
        assertEquals(21, all.size());
        for (JsonNode one : all) {
            Schedule schedule = Schedule.valueOf(one.get("schedule").textValue().toUpperCase(Locale.ROOT));
            int total = one.get("total").intValue();
            int warmup = one.get("warmup").intValue();
            assertEquals(total, one.get("factors").size());
            for (int step = 0; step < total; step++) {
                assertEquals(
                        one.get("factors").get(step).doubleValue(),
                        schedule.factor(step, total, warmup),
                        1e-15,
                        schedule + ", warm-up " + warmup + ", step " + step + " of " + total);
            }
        }
    }

    @Test
    void aStepBeyondTheEndHasNoNegativeRate() {
        assertEquals(0, Schedule.LINEAR.factor(20, 10, 0));
        assertEquals(0, Schedule.COSINE.factor(10, 10, 3), 1e-16);
        assertTrue(Schedule.COSINE.factor(11, 10, 3) >= 0);
        assertThrows(IllegalArgumentException.class, () -> Schedule.LINEAR.factor(-1, 10, 0));
        assertThrows(IllegalArgumentException.class, () -> Schedule.LINEAR.factor(0, 10, -1));
    }
}
