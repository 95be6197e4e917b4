package dev.graft.training;

import dev.graft.autograd.CounterRandom;
import dev.graft.training.data.Batch;
import dev.graft.training.data.Batches;
import dev.graft.training.optimizer.Schedule;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Generator;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Times training steps, inference and generation on random rows; the step is the very one of a training run. A base that
 * predicts tokens is trained on all tokens of its rows, and its inference ends with the logits of each row's next token.
 */
public final class TrainingBench {
    /** Steps before those that are timed. */
    public static final int WARM_UP = 2;

    private static final int CLASSES = 2;

    private final BaseModel base;
    private final Adapter adapter;
    private final Workers workers;
    private final Work work;
    private final List<TokenRow> rows;
    private final int[] labels;

    /**
     * What is done in a step.
     *
     * @param batchSize rows
     * @param length tokens of each row
     * @param microBatch rows that are computed at once on one thread
     * @param steps that are timed, after two that are not
     * @param seed of rows, labels and dropout
     */
    public record Work(int batchSize, int length, int microBatch, int steps, long seed) {}

    /**
     * What was measured.
     *
     * @param msPerStep median
     * @param minMs the fastest step
     * @param tokensPerSecond at the median
     * @param loss of the last training step; of inference the mean cross entropy of classes, 0 for tokens
     */
    public record Figures(double msPerStep, double minMs, double tokensPerSecond, double loss) {}

    /**
     * A benchmark.
     *
     * @param adapter with a classifier of two classes; null to infer with the base's own
     */
    public TrainingBench(BaseModel base, Adapter adapter, Workers workers, Work work) {
        this.base = base;
        this.adapter = adapter;
        this.workers = workers;
        this.work = work;
        CounterRandom random = new CounterRandom(work.seed()).with("bench");
        rows = new ArrayList<>();
        labels = new int[work.batchSize()];
        for (int i = 0; i < labels.length; i++) {
            CounterRandom own = random.with(i);
            int[] tokens = new int[work.length()];
            Arrays.setAll(tokens, at -> own.below(base.config().vocabularySize(), at));
            rows.add(
                    base.config().generates() ? predicting(tokens, own) : new TokenRow(tokens, new int[tokens.length]));
            labels[i] = random.with("labels").below(CLASSES, i);
        }
    }

    /** A row whose every token is followed by a labelled one; an encoder reads as many tokens as the decoder. */
    private TokenRow predicting(int[] tokens, CounterRandom random) {
        int[] next = Arrays.copyOfRange(tokens, 1, tokens.length + 1);
        next[next.length - 1] = random.with("next").below(base.config().vocabularySize(), 0);
        return new TokenRow(tokens, new int[tokens.length], base.config().encoderDecoder() ? tokens : null, next);
    }

    /** Times forward, backward and update. */
    public Figures train() {
        TrainingSettings settings = new TrainingSettings(
                1,
                WARM_UP + work.steps(),
                work.batchSize(),
                work.microBatch(),
                1e-4,
                0.01,
                Schedule.CONSTANT,
                0,
                0,
                work.seed(),
                Math.max(3, work.length()),
                false,
                0,
                0,
                0);
        Batch batch = Batches.inFileOrder(work.batchSize(), work.batchSize(), work.microBatch())
                .at(0);
        try (TrainStep step = new TrainStep(base, adapter, workers, settings, settings.maxSteps())) {
            long[] number = {0};
            int[] classes = base.config().generates() ? null : labels;
            return time(0, () -> step.run(number[0]++, batch, rows, classes).loss());
        }
    }

    /**
     * Logits of each row.
     *
     * @throws IllegalStateException if the base predicts tokens
     */
    public float[][] logits() {
        if (base.config().generates()) {
            throw new IllegalStateException("rows of a base that predicts tokens have no classes");
        }
        return new Classifier(base, workers).logits(rows, adapter);
    }

    /**
     * Times the forward pass of the whole batch.
     *
     * @param warmUp nanoseconds of passes before, so that what is timed is what Java has compiled, as in a server
     */
    public Figures infer(long warmUp) {
        if (base.config().generates()) {
            LanguageModel model = new LanguageModel(base, workers);
            List<Adapter> same = Collections.nCopies(rows.size(), adapter);
            return time(warmUp, () -> 0 * model.next(rows, same).length);
        }
        Classifier classifier = new Classifier(base, workers);
        return time(warmUp, () -> Evaluator.loss(classifier.logits(rows, adapter), labels));
    }

    /**
     * Times steps of generation with a cache, a token for each row, after the rows were read.
     *
     * @param warmUp nanoseconds of the same before
     */
    public Figures generate(long warmUp) {
        long warm = System.nanoTime() + warmUp;
        do {
            written();
        } while (System.nanoTime() < warm);
        return figures(written(), work.batchSize(), 0);
    }

    /** Milliseconds of the steps of one text a row. */
    private double[] written() {
        int tokens = WARM_UP + work.steps() + 1;
        long[] chosen = new long[tokens * work.batchSize()];
        int[] count = {0};
        new Generator(base, workers)
                .generate(
                        rows.stream().map(TokenRow::tokens).toList(),
                        Collections.nCopies(rows.size(), adapter),
                        Generator.Options.endless(tokens),
                        (text, token, logits) -> {
                            chosen[count[0]++] = System.nanoTime();
                            return true;
                        });
        double[] ms = new double[work.steps()];
        for (int i = 0; i < ms.length; i++) {
            // from the first token of a step to the first one of the next
            int from = (WARM_UP + i) * work.batchSize();
            ms[i] = (chosen[from + work.batchSize()] - chosen[from]) / 1e6;
        }
        return ms;
    }

    /** Times steps, after two and so many nanoseconds that are not timed. */
    private Figures time(long warmUp, DoubleSupplier step) {
        double[] ms = new double[work.steps()];
        double loss = 0;
        long warm = System.nanoTime() + warmUp;
        for (int i = 0; i < WARM_UP || System.nanoTime() < warm; i++) {
            loss = step.getAsDouble();
        }
        for (int i = 0; i < ms.length; i++) {
            long begin = System.nanoTime();
            loss = step.getAsDouble();
            ms[i] = (System.nanoTime() - begin) / 1e6;
        }
        return figures(ms, work.batchSize() * (double) work.length(), loss);
    }

    private static Figures figures(double[] ms, double tokens, double loss) {
        Arrays.sort(ms);
        double median = (ms[(ms.length - 1) / 2] + ms[ms.length / 2]) / 2;
        return new Figures(median, ms[0], tokens / median * 1e3, loss);
    }
}
