package dev.graft.training;

import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Trains several adapters at once on one base, each as if alone: of any methods, with settings, data, seeds and learning
 * rates of their own. A step of it is the next step of every run that goes on.
 *
 * <p>The micro-batches of all runs share the threads and the base. Each holds rows of one adapter, so that every adapter
 * gets, bit for bit, the values, metrics and checkpoints that its run alone gives: masks depend on the run's seed, its
 * step and its own micro-batch, and no product's rows depend on another adapter's (docs/decisions/0009).
 */
public final class JointTraining {
    private final List<TrainingRun> runs;
    private final Workers workers;

    /**
     * Puts runs together; they stay their owners', and may have been {@linkplain TrainingRun#resume() resumed}.
     *
     * @throws IllegalArgumentException if there is none, two are of one adapter, or they are on several bases
     */
    public JointTraining(List<TrainingRun> runs, Workers workers) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("there are no runs to put together; give at least one");
        }
        Set<Adapter> adapters = Collections.newSetFromMap(new IdentityHashMap<>());
        for (TrainingRun run : runs) {
            BaseModel base = run.base();
            if (base != runs.get(0).base()) {
                throw new IllegalArgumentException("runs that train at once share one base, but there are two: "
                        + runs.get(0).base().directory() + " and " + base.directory());
            }
            if (!adapters.add(run.adapter())) {
                throw new IllegalArgumentException("an adapter of the method "
                        + run.adapter().method() + " is trained by two runs at once; give each run its own");
            }
        }
        this.runs = List.copyOf(runs);
        this.workers = workers;
    }

    /**
     * How a run ended.
     *
     * @param state after its last good step
     * @param stopped why it stopped before its end, or null
     */
    public record Outcome(TrainingState state, TrainingStoppedException stopped) {}

    /** Hears of each run's end, on the thread that trains, while the others wait. */
    @FunctionalInterface
    public interface Ending {
        /**
         * A run has ended, well or not.
         *
         * @param run its number
         * @throws IOException if what is left of it cannot be written; then all stop where they are
         */
        void ended(int run, Outcome outcome) throws IOException;
    }

    /**
     * Trains all to their ends. A run whose loss or gradient is not finite stops as it would alone, and the others go on.
     *
     * @param listeners one a run
     * @return how each run ended, in their order
     * @throws IOException if a store cannot write; then all stop where they are
     */
    public List<Outcome> run(List<TrainingListener> listeners) throws IOException {
        return run(listeners, (run, outcome) -> {});
    }

    /**
     * The same, with something to do as soon as a run ends, so that what it left does not wait for the others.
     *
     * @param listeners one a run
     * @param ending hears of each run once
     * @return how each run ended, in their order
     * @throws IOException if a store cannot write; then all stop where they are
     */
    public List<Outcome> run(List<TrainingListener> listeners, Ending ending) throws IOException {
        if (listeners.size() != runs.size()) {
            throw new IllegalArgumentException(listeners.size() + " listeners for " + runs.size() + " runs");
        }
        Outcome[] ended = new Outcome[runs.size()];
        for (TrainingRun run : runs) {
            run.begin();
        }
        for (int i = 0; i < ended.length; i++) {
            if (!runs.get(i).goesOn()) {
                end(i, ended, null, ending);
            }
        }
        for (List<Integer> active = active(ended); !active.isEmpty(); active = active(ended)) {
            MicroBatches.run(active.stream().map(i -> runs.get(i).beginStep()).toList(), workers);
            for (int i : active) {
                TrainingStoppedException stopped = endStep(i, listeners);
                if (stopped != null || !runs.get(i).goesOn()) {
                    end(i, ended, stopped, ending);
                }
            }
        }
        return List.of(ended);
    }

    /** Ends a run's step; returns why it stopped, or null. */
    private TrainingStoppedException endStep(int run, List<TrainingListener> listeners) throws IOException {
        try {
            runs.get(run).endStep(listeners.get(run));
            return null;
        } catch (TrainingStoppedException e) {
            return e;
        }
    }

    private void end(int run, Outcome[] ended, TrainingStoppedException stopped, Ending ending) throws IOException {
        ended[run] = new Outcome(runs.get(run).state(), stopped);
        ending.ended(run, ended[run]);
    }

    private static List<Integer> active(Outcome[] ended) {
        List<Integer> active = new ArrayList<>();
        for (int i = 0; i < ended.length; i++) {
            if (ended[i] == null) {
                active.add(i);
            }
        }
        return active;
    }
}
