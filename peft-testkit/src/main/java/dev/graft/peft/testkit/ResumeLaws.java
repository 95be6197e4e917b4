package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.graft.peft.testkit.Faults.InjectedFault;
import dev.graft.peft.testkit.Faults.Place;
import dev.graft.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that are cut off, or cannot go on. */
interface ResumeLaws {
    /** Step in which a training run fails. */
    int FAILING = 4;

    Bench bench();

    /** What a killed process leaves is a copy of its folder as it was in the middle of a step. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aRunThatIsResumedAtAnyStepLeavesTheSameBytes(Case one) throws IOException {
        TinyRun run = new TinyRun(bench(), one, 1);
        Path whole = bench().file("run");
        List<Path> killed = new ArrayList<>();
        run.inFolder(whole, 2, new TrainingListener() {
            @Override
            public void step(long step, long total, double loss, long tokens) {
                killed.add(AdapterFiling.copy(whole, bench().file("killed")));
            }
        });
        assertEquals(TinyRun.STEPS, killed.size());
        for (Path resumed : killed) {
            run.inFolder(resumed, 1, TrainingListener.NONE);
            AdapterFiling.assertSameFiles(whole, resumed);
        }
    }

    /** A run in which the method throws leaves no adapter; resumed without the fault, it ends as if nothing had been. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void aRunInWhichTheMethodFailsCanBeResumed(Case one) throws IOException {
        Faults faults = new Faults();
        TinyRun run = new TinyRun(bench().around((injection, model) -> faults.around(injection)), one, 1);
        Path whole = bench().file("run");
        run.inFolder(whole, 2, TrainingListener.NONE);
        String fingerprint = bench().base.computeFingerprint();
        for (Place place : List.of(Place.AFTER, Place.AFTER_GRADIENTS)) {
            Path failed = bench().file("failed");
            TrainingListener arming = new TrainingListener() {
                @Override
                public void step(long step, long total, double loss, long tokens) {
                    if (step == FAILING - 1) {
                        faults.arm(place, 1);
                    }
                }
            };
            assertThrows(InjectedFault.class, () -> run.inFolder(failed, 2, arming));
            faults.disarm();
            assertFalse(Files.exists(failed.resolve(AdapterFiling.TENSORS)), "there is an adapter of a failed run");
            run.inFolder(failed, 1, TrainingListener.NONE);
            AdapterFiling.assertSameFiles(whole, failed);
        }
        assertEquals(fingerprint, bench().base.computeFingerprint(), "fingerprint of the base");
    }
}
