package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that are cut off, or cannot go on. */
interface ResumeLaws {
    Bench bench();

    /**
     * What a killed process leaves is a copy of its folder as it was in the middle of a step: every other step, the odd or
     * the even ones by the names of base and settings.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aRunThatIsResumedLeavesTheSameBytes(Case one) throws IOException {
        TinyRun run = new TinyRun(bench(), one, 1);
        Path whole = bench().file("run");
        List<Path> killed = new ArrayList<>();
        run.inFolder(whole, 2, new TrainingListener() {
            @Override
            public void step(long step, long total, double loss, long tokens) {
                if (step % 2 == one.half(bench())) {
                    killed.add(AdapterFiling.copy(whole, bench().file("killed")));
                }
            }
        });
        assertEquals(TinyRun.STEPS / 2, killed.size());
        for (Path resumed : killed) {
            run.inFolder(resumed, 1, TrainingListener.NONE);
            AdapterFiling.assertSameFiles(whole, resumed);
        }
    }
}
