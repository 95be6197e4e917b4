package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.graft.training.MemoryStore;
import dev.graft.training.TrainingListener;
import dev.graft.training.TrainingRun;
import dev.graft.transformer.model.Adapter;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run whose micro-batches are computed by workers that get and give only bytes. */
interface ClusterLaws {
    Bench bench();

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    default void workersThatGetOnlyBytesGiveTheSameBits(Case one) throws IOException {
        TinyRun run = new TinyRun(bench(), one, 1);
        TinyRun.Result alone = run.inMemory(1);
        MemoryStore store = new MemoryStore();
        try (Adapter adapter = run.fresh();
                FakeCluster cluster = new FakeCluster(bench(), adapter, 7, 3, 1);
                TrainingRun training = run.open(adapter, 1, store)) {
            training.begin();
            while (training.goesOn()) {
                training.advance(cluster, TrainingListener.NONE);
            }
            Same.bits(alone.values(), Values.trained(adapter), "three workers elsewhere");
        }
        for (int i = 0; i < TinyRun.STEPS; i++) {
            assertEquals(alone.losses().get(i)[1], store.losses().get(i)[1], "loss of step " + (i + 1));
        }
    }
}
