package dev.graft.peft.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Settings from users and from files. */
class SettingsTest {
    @Test
    void aFileMayHaveUnknownKeysThatAreNotUsed() {
        Settings settings = Settings.stored("m", Map.of("a", false, "b", List.of(), "c", Map.of(), "r", 3), true);
        assertEquals(3, settings.integer("r", 8, 1, 9));
        settings.finish();
        assertEquals(Map.of("r", 3), settings.effective());
    }

    @Test
    void aFileMayNotHaveUnknownKeysThatAreUsed() {
        for (Object used : List.of(true, List.of(1), Map.of("a", 1), 0, "x")) {
            Settings settings = Settings.stored("m", Map.of("a", used), true);
            assertThrows(SettingsException.class, settings::finish);
        }
    }

    @Test
    void aUserMayNot() {
        Settings settings = new Settings("m", Map.of("a", false));
        settings.known("b");
        var error = assertThrows(SettingsException.class, settings::finish);
        assertTrue(error.getMessage().contains("known settings: b"), error.getMessage());
    }

    @Test
    void whatIsAllowedIsSaidShortlyWhereItIsOneNumber() {
        Settings settings = new Settings("m", Map.of("a", 3, "b", 0.5));
        var whole = assertThrows(SettingsException.class, () -> settings.integer("a", 2, 2, 2));
        assertEquals("m: setting 'a' is 3; allowed: 2", whole.getMessage());
        var number = assertThrows(SettingsException.class, () -> settings.number("b", 0, 0, 0));
        assertEquals("m: setting 'b' is 0.5; allowed: 0.0", number.getMessage());
    }

    @Test
    void aKnownKeyThatIsFalseKeepsItsValue() {
        Settings settings = Settings.stored("m", Map.of("a", false), false);
        assertEquals(false, settings.flag("a", true));
        settings.beyondPeft("a", "never read");
        assertEquals(Set.of("a"), settings.keysBeyondPeft());
    }
}
