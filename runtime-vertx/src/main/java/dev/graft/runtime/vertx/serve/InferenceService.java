package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.AdapterName;
import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.Failure;
import dev.graft.runtime.vertx.message.Fields;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.transport.Incoming;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests to a model. A request waits in a fair queue, gets its adapter and its tokens on a preparing thread,
 * and joins a batch, which the worker threads compute. Event loops only hand requests over.
 */
public final class InferenceService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceService.class);

    private final BaseModel base;
    private final AdapterStore adapters;
    private final RowService rows;
    private final TextService texts;
    private final FairQueue<Work> arrived;
    private final List<BatchLoop<Work>> preparing = new ArrayList<>();

    /**
     * Starts the threads that prepare and batch.
     *
     * @param workers threads that compute; others may use them too
     */
    public InferenceService(BaseModel base, AdapterStore adapters, Workers workers, ServeOptions options) {
        this.base = base;
        this.adapters = adapters;
        this.rows = new RowService(base, workers, options);
        this.texts = base.config().generates() ? new TextService(base, workers, options) : null;
        this.arrived = new FairQueue<>(options.queue());
        for (int i = 0; i < options.preparing(); i++) {
            preparing.add(new BatchLoop<>("graft-prepare-" + i, arrived, 1, 0, batch -> prepare(batch.get(0))));
        }
    }

    /** Takes a call; returns at once. */
    public void handle(Incoming call) {
        Work work;
        LOG.debug(
                "call {} is of request {}", call.callId(), call.request().head().getValue(Addresses.REQUEST_ID));
        try {
            work = new Work(call, AdapterName.parse(new Fields(call.request().head()).text("adapter")));
        } catch (Failure e) {
            call.fail(e);
            return;
        }
        Work refused = arrived.offer(work.key(), work);
        if (refused != null) {
            refused.fail(new Failure(Failure.Code.BUSY, "too many requests wait; try again later"));
        }
    }

    private void prepare(Work work) {
        if (work.stopped()) {
            work.finish();
            return;
        }
        try {
            JsonObject head = work.call().request().head();
            String op = new Fields(head).requireText("op");
            if (op.equals(GenerateRequest.OP)) {
                GenerateRequest request = GenerateRequest.of(head);
                requireGenerating(op);
                work.lend(adapters.lease(AdapterName.parse(request.adapter())));
                texts.begin(work, request);
                return;
            }
            RowsRequest request = RowsRequest.of(op(op), head);
            if (request.op() == RowsRequest.Op.SCORE) {
                requireGenerating(op);
            }
            work.lend(adapters.lease(AdapterName.parse(request.adapter())));
            rows.begin(work, request);
        } catch (RuntimeException e) {
            work.fail(e);
        } catch (Error e) {
            LOG.error("a request cannot be prepared", e);
            work.fail(e);
        }
    }

    private void requireGenerating(String op) {
        if (!base.config().generates()) {
            throw new Failure(
                    Failure.Code.BAD_REQUEST,
                    "op is " + op + ", but a base of the family "
                            + base.config().modelType() + " predicts no tokens; allowed: classify, embed");
        }
    }

    private static RowsRequest.Op op(String label) {
        for (RowsRequest.Op op : RowsRequest.Op.values()) {
            if (op.label().equals(label)) {
                return op;
            }
        }
        throw Fields.wrong("op", label, "classify, embed, score, generate");
    }

    /** Requests and rows that wait, and texts that are written: {@code {"arrived", "rows", "texts", "writing"}}. */
    public JsonObject load() {
        return new JsonObject()
                .put("arrived", arrived.size())
                .put("rows", rows.waiting())
                .put("texts", texts == null ? 0 : texts.waiting())
                .put("writing", texts == null ? 0 : texts.running());
    }

    /** Ends the threads; requests that wait fail. */
    @Override
    public void close() {
        preparing.forEach(BatchLoop::close);
        for (Work work = arrived.poll(); work != null; work = arrived.poll()) {
            work.fail(new Failure(Failure.Code.UNREACHABLE, "this node is closing"));
        }
        rows.close();
        if (texts != null) {
            texts.close();
        }
    }
}
