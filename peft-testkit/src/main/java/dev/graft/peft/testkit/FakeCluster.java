package dev.graft.peft.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.training.GradientStep;
import dev.graft.training.Replica;
import dev.graft.training.ReplicaSpec;
import dev.graft.training.StepEngine;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Workers;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Workers elsewhere, without any network: each has a copy of the adapter of its own, made from text, and gets and gives
 * nothing but bytes. Which one computes a micro-batch, in which order they answer, who answers twice and who lags behind
 * is drawn from a seed.
 */
final class FakeCluster implements StepEngine, AutoCloseable {
    private final Adapter adapter;
    private final List<Replica> replicas = new ArrayList<>();
    private final Random random;

    FakeCluster(Bench bench, Adapter adapter, long seed, int workers, long runSeed) throws FileFormatException {
        this.adapter = adapter;
        random = new Random(seed);
        String spec = ReplicaSpec.of(adapter, runSeed).toJson();
        Workers threads = bench.workers(1);
        byte[] still = Replica.still(adapter);
        for (int i = 0; i < workers; i++) {
            Replica replica = new Replica(bench.base, bench.methods, ReplicaSpec.parse(spec), threads);
            replicas.add(replica);
            replica.takeStill(still);
        }
    }

    @Override
    public void compute(GradientStep step) {
        byte[] values = Replica.moving(adapter);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < step.parts(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        Replica.Computed[] answers = new Replica.Computed[step.parts()];
        try {
            for (int part : order) {
                answers[part] = answer(step, part, values);
                if (random.nextBoolean()) {
                    Replica.Computed again = answer(step, part, values);
                    assertEquals(answers[part].share(), again.share(), "loss of a micro-batch computed twice");
                    assertArrayEquals(answers[part].gradient(), again.gradient(), "gradient computed twice");
                }
            }
        } catch (FileFormatException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < answers.length; i++) {
            step.add(i, answers[i].share(), answers[i].gradient());
        }
    }

    private Replica.Computed answer(GradientStep step, int part, byte[] values) throws FileFormatException {
        Replica replica = replicas.get(random.nextInt(replicas.size()));
        if (replica.version() != step.step()) {
            assertNull(replica.compute(step.step(), step.part(part)), "a worker with other values computes nothing");
            replica.takeMoving(step.step(), values);
        }
        return replica.compute(step.step(), step.part(part));
    }

    @Override
    public void close() {
        replicas.forEach(Replica::close);
    }
}
