package dev.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code mvn -P chaos}: clusters of real processes in which things go wrong, by {@code acceptance/04-4}. */
@Tag("chaos")
class ChaosTest {
    @Test
    void everyScenarioEndsWithTheSameAdapterOrAClearFailure() throws Exception {
        String scenarios = System.getProperty("graft.chaos.scenarios", "50");
        String seed = System.getProperty("graft.chaos.seed", "1");
        Path script = Path.of("..", "acceptance", "04-4");
        int code = new ProcessBuilder(List.of("python3", script.toString(), scenarios, seed))
                .inheritIO()
                .start()
                .waitFor();
        assertEquals(0, code, "see what " + script + " printed; a scenario is replayed by its number and seed");
    }
}
