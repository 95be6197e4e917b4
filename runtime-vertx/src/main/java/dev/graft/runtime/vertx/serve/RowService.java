package dev.graft.runtime.vertx.serve;

import dev.graft.peft.spi.SettingsException;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.message.RowsRequest.Op;
import dev.graft.training.EncodedRows;
import dev.graft.training.data.Example;
import dev.graft.training.data.GenerationExample;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Classifier;
import dev.graft.transformer.model.Embedder;
import dev.graft.transformer.model.LanguageModel;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.TokenRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Classifies, embeds and scores: rows of all requests and adapters share passes. */
final class RowService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RowService.class);

    private final BaseModel base;
    private final Classifier classifier;
    private final Embedder embedder;
    private final LanguageModel language;
    private final Map<Op, FairQueue<Row>> queues = new EnumMap<>(Op.class);
    private final List<BatchLoop<Row>> loops = new ArrayList<>();

    /** One row of a request. */
    private record Row(Answer answer, int number, TokenRow tokens) {
        Adapter adapter() {
            return answer.work.lease().adapter();
        }
    }

    /** What is known of a request's answer. */
    private static final class Answer {
        private final Work work;
        private final List<String> labels;
        private final float[][] values;
        private final int tokens;
        private final AtomicInteger missing;

        Answer(Work work, List<String> labels, int rows, int tokens) {
            this.work = work;
            this.labels = labels;
            this.values = new float[rows][];
            this.tokens = tokens;
            this.missing = new AtomicInteger(rows);
        }

        void put(int row, float[] found) {
            values[row] = found;
            if (missing.decrementAndGet() == 0) {
                String adapter = work.lease().id();
                if (work.finish()) {
                    work.call().end(new RowsAnswer(adapter, labels, Arrays.asList(values), tokens).toPacket());
                }
            }
        }
    }

    RowService(BaseModel base, Workers workers, ServeOptions options) {
        this.base = base;
        this.classifier = new Classifier(base, workers);
        this.embedder = new Embedder(base, workers);
        this.language = base.config().generates() ? new LanguageModel(base, workers) : null;
        for (Op op : Op.values()) {
            FairQueue<Row> queue = new FairQueue<>(options.queue());
            queues.put(op, queue);
            loops.add(new BatchLoop<>(
                    "graft-" + op.label(),
                    queue,
                    options.batchRows(),
                    options.windowMicros() * 1000,
                    rows -> run(op, rows)));
        }
    }

    /** Rows that wait. */
    int waiting() {
        return queues.values().stream().mapToInt(FairQueue::size).sum();
    }

    /** Makes tokens and lines the rows up; not for an event loop. */
    void begin(Work work, RowsRequest request) {
        Adapter adapter = work.lease().adapter();
        List<String> labels = request.op() == Op.CLASSIFY ? labels(adapter) : List.of();
        int most = EncodedRows.mostTokens(base, adapter);
        Integer trained = work.lease().maxLength();
        int length = request.maxLength() > 0 ? request.maxLength() : trained != null ? trained : most;
        if (length < 3) {
            throw new SettingsException("max_length is " + length + "; allowed: 3 to " + most);
        }
        EncodedRows encoded = encode(request, adapter, length);
        Answer answer = new Answer(work, labels, encoded.rows().size(), (int) encoded.tokens());
        FairQueue<Row> queue = queues.get(request.op());
        for (int i = 0; i < encoded.rows().size() && !work.stopped(); i++) {
            Row refused =
                    queue.offer(work.key(), new Row(answer, i, encoded.rows().get(i)));
            if (refused != null) {
                refused.answer.work.fail(new Failure(Failure.Code.BUSY, "too many rows wait; try again later"));
            }
        }
        if (work.stopped()) {
            work.finish();
        }
    }

    private EncodedRows encode(RowsRequest request, Adapter adapter, int length) {
        if (request.op() == Op.SCORE) {
            return EncodedRows.prompted(
                    base,
                    adapter,
                    request.rows().stream()
                            .map(row -> new GenerationExample(row.text(), row.pair()))
                            .toList(),
                    length,
                    false);
        }
        return EncodedRows.of(
                base,
                adapter,
                request.rows().stream()
                        .map(row -> new Example(row.text(), row.pair(), null))
                        .toList(),
                length);
    }

    private List<String> labels(Adapter adapter) {
        if (adapter != null && adapter.perToken()) {
            throw new SettingsException("the adapter classifies tokens, not texts");
        }
        List<String> labels = adapter == null || adapter.labels().isEmpty() ? base.labels() : adapter.labels();
        if (labels.isEmpty()) {
            throw new SettingsException("neither the base nor the adapter has a classifier; name an adapter that was "
                    + "trained for classification");
        }
        return labels;
    }

    private void run(Op op, List<Row> batch) {
        List<Row> wanted = new ArrayList<>();
        for (Row row : batch) {
            if (row.answer.work.stopped()) {
                row.answer.work.finish();
            } else if (row.answer.work.enter()) {
                wanted.add(row);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        try {
            compute(op, wanted);
        } catch (RuntimeException | Error e) {
            apart(op, wanted, e);
        } finally {
            wanted.forEach(row -> row.answer.work.leave());
        }
    }

    /** Where a batch fails, the others of it are computed without the one that is to blame. */
    private void apart(Op op, List<Row> rows, Throwable why) {
        Map<Work, List<Row>> byRequest = new LinkedHashMap<>();
        rows.forEach(row -> byRequest
                .computeIfAbsent(row.answer.work, work -> new ArrayList<>())
                .add(row));
        byRequest.forEach((work, own) -> {
            if (byRequest.size() == 1) {
                failed(op, work, why);
                return;
            }
            try {
                compute(op, own);
            } catch (RuntimeException | Error e) {
                failed(op, work, e);
            }
        });
    }

    private static void failed(Op op, Work work, Throwable why) {
        if (!(why instanceof SettingsException)) {
            LOG.error("{} failed", op.label(), why);
        }
        work.fail(why);
    }

    private void compute(Op op, List<Row> rows) {
        List<TokenRow> tokens = rows.stream().map(Row::tokens).toList();
        List<Adapter> adapters = rows.stream().map(Row::adapter).collect(ArrayList::new, List::add, List::addAll);
        float[][] found = switch (op) {
            case CLASSIFY -> classifier.logits(tokens, adapters);
            case EMBED -> embedder.vectors(tokens, adapters);
            case SCORE ->
                language.score(tokens, adapters).stream()
                        .map(LanguageModel.Scored::logprobs)
                        .toArray(float[][]::new);
        };
        for (int i = 0; i < found.length; i++) {
            rows.get(i).answer.put(rows.get(i).number, found[i]);
        }
    }

    @Override
    public void close() {
        loops.forEach(BatchLoop::close);
        queues.values().forEach(queue -> {
            for (Row row = queue.poll(); row != null; row = queue.poll()) {
                row.answer.work.fail(new Failure(Failure.Code.UNREACHABLE, "this node is closing"));
            }
        });
    }
}
