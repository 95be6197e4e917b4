package dev.graft.training;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Learner;
import dev.graft.transformer.model.Workers;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * A worker's copy of an adapter that is trained elsewhere: it takes the values of a step and computes micro-batches of it,
 * to the bits that the run alone would compute. It needs no data, no optimizer and no memory of earlier steps. Can be used
 * by several threads; values change only while nothing is computed.
 */
public final class Replica implements AutoCloseable {
    private final Adapter adapter;
    private final Learner learner;
    private final Workers workers;
    private final CounterRandom dropout;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean complete;
    private long version = -1;

    /**
     * Makes the adapter, with first values that count only where they are made from a seed.
     *
     * @throws dev.graft.peft.spi.SettingsException if the method is not installed here or refuses the settings
     */
    public Replica(BaseModel base, PeftMethods methods, ReplicaSpec spec, Workers workers) {
        this.workers = workers;
        adapter = Adapter.create(
                base, methods, spec.method(), spec.settings(), spec.labels(), spec.perToken(), spec.seed());
        learner = new Learner(base, adapter);
        dropout = MicroBatch.dropout(spec.seed());
    }

    /**
     * What a micro-batch gives.
     *
     * @param share of the step's loss
     * @param gradient of the trained tensors, as little-endian floats
     * @param nanos that were spent on computing it
     */
    public record Computed(double share, byte[] gradient, long nanos) {}

    /** The values of an adapter that do not change in a run. */
    public static byte[] still(Adapter adapter) {
        return TensorBytes.write(adapter.tensors(), TensorBytes.STILL);
    }

    /** The values of an adapter that a step changes. */
    public static byte[] moving(Adapter adapter) {
        return TensorBytes.write(adapter.tensors(), TensorBytes.MOVING);
    }

    /**
     * Takes the values that do not change in a run.
     *
     * @throws FileFormatException if the bytes are damaged or of another adapter; nothing is changed then
     */
    public void takeStill(byte[] bytes) throws FileFormatException {
        lock.writeLock().lock();
        try {
            TensorBytes.read(bytes, adapter.tensors(), TensorBytes.STILL, true);
            complete = true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Takes the values of a step.
     *
     * @param newVersion says which they are; {@link #compute} is asked for the same
     * @throws FileFormatException if the bytes are damaged or of another adapter; nothing is changed then
     */
    public void takeMoving(long newVersion, byte[] bytes) throws FileFormatException {
        lock.writeLock().lock();
        try {
            TensorBytes.read(bytes, adapter.tensors(), TensorBytes.MOVING, false);
            version = newVersion;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** True if it has the values that do not change in a run. */
    public boolean isComplete() {
        lock.readLock().lock();
        try {
            return complete;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Which values it has; -1 for none. */
    public long version() {
        lock.readLock().lock();
        try {
            return version;
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Computes a micro-batch on one of the workers, while the calling thread waits.
     *
     * @param wanted version of the values that it belongs to
     * @param part as {@link GradientStep#part} gives it
     * @return null if it has other values by now
     * @throws FileFormatException if the micro-batch is damaged
     */
    public Computed compute(long wanted, byte[] part) throws FileFormatException {
        MicroBatch batch = MicroBatchBytes.read(part);
        lock.readLock().lock();
        try {
            if (!complete || version != wanted) {
                return null;
            }
            long floats = adapter.tensors().flat().length();
            try (Storage memory = Storage.allocate(floats)) {
                Tensor gradient = Tensor.over(memory, 0, floats);
                long begin = System.nanoTime();
                double share = workers.run(List.<Function<Compute, Double>>of(
                                compute -> batch.run(learner, compute, dropout, gradient)))
                        .get(0);
                return new Computed(share, GradientBytes.write(gradient), System.nanoTime() - begin);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Gives the adapter's memory back, when nothing is computed any more. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            version = -1;
            complete = false;
            adapter.close();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
