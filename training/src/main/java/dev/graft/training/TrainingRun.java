package dev.graft.training;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.data.Batch;
import dev.graft.training.data.Batches;
import dev.graft.training.data.ClassificationData;
import dev.graft.training.data.DataSet;
import dev.graft.training.data.Split;
import dev.graft.training.data.TokenData;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.TokenClassifier;
import dev.graft.transformer.model.Workers;
import java.io.IOException;

/**
 * Trains one adapter on one base. The adapter is a function of base, data, settings and seed: the same bits on any
 * number of threads, in one go or resumed.
 */
public final class TrainingRun implements AutoCloseable {
    private final TrainingSettings settings;
    private final BaseModel base;
    private final Adapter adapter;
    private final Workers workers;
    private final EncodedRows training;
    private final EncodedRows validation;
    private final int[] labels;
    private final int[] validationLabels;
    private final Batches batches;
    private final long total;
    private final TrainStep step;
    private final Classifier classifier;
    private final TokenClassifier tokenClassifier;
    private final LanguageModel language;
    private final RunStore store;
    private TrainingState state = TrainingState.START;

    /**
     * Prepares a run.
     *
     * @param store where checkpoints, metrics and adapters go
     */
    public TrainingRun(
            BaseModel base, Adapter adapter, DataSet data, TrainingSettings settings, Workers workers, RunStore store) {
        this.settings = settings;
        this.base = base;
        this.adapter = adapter;
        this.workers = workers;
        this.store = store;
        training = EncodedRows.of(base, adapter, data, Split.TRAIN, settings.maxLength());
        validation = EncodedRows.of(base, adapter, data, Split.VALIDATION, settings.maxLength());
        boolean classes = data instanceof ClassificationData;
        boolean words = data instanceof TokenData;
        if (words != adapter.perToken()) {
            throw new SettingsException(
                    words
                            ? "the data has classes of tokens, but the adapter was made for something else"
                            : "the adapter classifies tokens, but the data has no classes of tokens");
        }
        labels = classes ? ((ClassificationData) data).classes(Split.TRAIN) : null;
        validationLabels = classes ? ((ClassificationData) data).classes(Split.VALIDATION) : null;
        batches = settings.shuffle()
                ? Batches.shuffled(training.lengths(), settings.batchSize(), settings.microBatch(), settings.seed())
                : Batches.inFileOrder(training.rows().size(), settings.batchSize(), settings.microBatch());
        total = settings.steps(batches.perEpoch());
        step = new TrainStep(base, adapter, workers, settings, total);
        classifier = classes ? new Classifier(base, workers) : null;
        tokenClassifier = words ? new TokenClassifier(base, workers) : null;
        language = classes || words ? null : new LanguageModel(base, workers);
    }

    /** Rows that were longer than allowed, in the training and validation data. */
    public int truncated() {
        return training.truncated() + validation.truncated();
    }

    /** Steps of the whole run, if it does not stop early. */
    public long steps() {
        return total;
    }

    /** Continues from the last checkpoint of the store, if it has one; returns the number of steps done. */
    public long resume() throws IOException {
        state = store.restore(adapter.tensors(), step.optimizer(), state);
        return state.step();
    }

    /**
     * Trains to the end.
     *
     * @throws TrainingStoppedException if the loss or the gradient is not finite; the last good state is kept
     */
    public TrainingState run(TrainingListener listener) throws IOException {
        begin();
        StepEngine engine = StepEngine.local(workers);
        while (goesOn()) {
            advance(engine, listener);
        }
        return state;
    }

    /** Marks the store; to be called once, before the first step of this process. */
    public void begin() throws IOException {
        store.begin();
    }

    /** True if there is a step to do. */
    public boolean goesOn() {
        return state.step() < total && !state.exhausted(settings.patience());
    }

    /**
     * Does the next step.
     *
     * @param engine computes its micro-batches
     * @throws TrainingStoppedException if the loss or the gradient is not finite; the last good state is kept
     */
    public void advance(StepEngine engine, TrainingListener listener) throws IOException {
        engine.compute(beginStep());
        endStep(listener);
    }

    /** Keeps everything that is needed to go on from here, between two steps. */
    public void checkpoint() throws IOException {
        store.checkpoint(adapter.tensors(), step.optimizer(), state);
    }

    /** Sets out the next step; its micro-batches are to be run. */
    GradientStep beginStep() {
        step.gradients().begin(state.step(), batches.at(state.step()), training.rows(), labels);
        return step.gradients();
    }

    /** Ends the step whose micro-batches were run: update, figures, and what is due. */
    void endStep(TrainingListener listener) throws IOException {
        TrainStep.Result done = step.update(state.step());
        if (!done.finite()) {
            stop(done.loss());
        }
        long tokens = tokens(batches.at(state.step()));
        state = state.next(tokens);
        store.step(state.step(), done.loss(), done.learningRate());
        listener.step(state.step(), total, done.loss(), tokens);
        if (due(settings.evaluateEvery())) {
            evaluate(listener);
        }
        if ((due(settings.checkpointEvery()) || store.wantsCheckpoint()) && state.step() < total) {
            checkpoint();
        }
    }

    /** Where the run stands. */
    public TrainingState state() {
        return state;
    }

    /** The base that it trains on. */
    BaseModel base() {
        return base;
    }

    /** What it trains. */
    Adapter adapter() {
        return adapter;
    }

    private void stop(double loss) throws IOException {
        checkpoint();
        throw new TrainingStoppedException("step " + (state.step() + 1) + " of " + total + ": the loss is " + loss
                + " and its gradient is not finite; the state before this step was kept" + store.where()
                + "; try a lower --learning-rate, a --warmup or --max-grad-norm 1");
    }

    private boolean due(int every) {
        int period = every > 0 ? every : batches.perEpoch();
        return state.step() % period == 0 || state.step() == total;
    }

    private void evaluate(TrainingListener listener) throws IOException {
        Evaluation evaluation = evaluation();
        boolean best = state.isBest(evaluation);
        state = state.evaluated(evaluation);
        store.evaluation(state.step(), evaluation);
        if (best) {
            store.best(adapter, state);
        }
        listener.evaluation(state.step(), evaluation, best);
    }

    private Evaluation evaluation() {
        int classes = adapter.labels().size();
        if (tokenClassifier != null) {
            return Evaluator.evaluate(tokenClassifier, validation.rows(), adapter, classes);
        }
        return classifier == null
                ? Evaluator.evaluate(language, validation.rows(), adapter)
                : Evaluator.evaluate(classifier, validation.rows(), validationLabels, adapter, classes);
    }

    private long tokens(Batch batch) {
        long tokens = 0;
        for (int[] part : batch.microBatches()) {
            for (int row : part) {
                tokens += training.rows().get(row).length();
            }
        }
        return tokens;
    }

    /** Gives the buffers back; adapter and workers stay their owners'. */
    @Override
    public void close() {
        step.close();
    }
}
