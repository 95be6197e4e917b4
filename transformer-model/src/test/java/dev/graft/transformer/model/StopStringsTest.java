package dev.graft.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    private static String run(StopStrings stops, String... pieces) {
        StringBuilder text = new StringBuilder();
        for (String piece : pieces) {
            text.append(stops.add(piece)).append('|');
            if (stops.found()) {
                return text.toString();
            }
        }
        return text.append(stops.finish()).toString();
    }

    @Test
    void theTextEndsInFrontOfTheFirstStop() {
        assertEquals("a b|", run(new StopStrings(List.of("\n\n", "User:")), "a bUser: c\n\n"));
        assertEquals("a|", run(new StopStrings(List.of("longest b", " b")), "a b"));
    }

    @Test
    void whatMayBeAStopIsHeldBackUntilItIsKnown() {
        assertEquals("a|| Userx||", run(new StopStrings(List.of(" User:")), "a Us", "er", "x", ""));
        assertEquals("a|||", run(new StopStrings(List.of(" User:")), "a Us", "er", ": b"));
        assertEquals("aa|a||", run(new StopStrings(List.of("aab")), "aaaa", "a", "b"));
        assertEquals("x||#", run(new StopStrings(List.of("##")), "x", "#"));
    }

    @Test
    void withoutStopsNothingIsHeldBack() {
        assertEquals("a|b|", run(new StopStrings(List.of()), "a", "b"));
    }
}
