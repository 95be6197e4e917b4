package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.Fields;
import dev.graft.runtime.vertx.message.RowsAnswer;
import dev.graft.runtime.vertx.message.RowsRequest;
import dev.graft.runtime.vertx.message.RowsRequest.Op;
import dev.graft.runtime.vertx.message.RowsRequest.Row;
import dev.graft.runtime.vertx.transport.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** /v1/embeddings and /v1/classify. */
final class RowRoutes {
    private static final int MOST_INPUTS = 2048;

    private final Backend backend;
    private final HttpOptions.Limits limits;
    private final Meters meters;

    RowRoutes(Backend backend, HttpOptions.Limits limits, Meters meters) {
        this.backend = backend;
        this.limits = limits;
        this.meters = meters;
    }

    void embeddings(RoutingContext ctx) {
        JsonObject json = Bodies.object(ctx).copy();
        List<Row> rows = rows(json.remove("input"));
        json.remove("user"); // who asks at the client's; it changes nothing
        Fields fields = new Fields(json);
        String model = fields.text("model");
        String format = fields.text("encoding_format");
        int dimensions = fields.whole("dimensions", 0, 1, Integer.MAX_VALUE);
        fields.finish("the request");
        if (format != null && !format.equals("float") && !format.equals("base64")) {
            throw Fields.wrong("encoding_format", format, "float, base64");
        }
        String adapter = Asked.of(ctx).adapter(model, backend.model());
        ask(ctx, new RowsRequest(Op.EMBED, adapter, rows, 0), model, answer -> {
            int size = answer.values().get(0).length;
            if (dimensions != 0 && dimensions != size) {
                throw Fields.wrong("dimensions", dimensions, size + ", or nothing: vectors are not shortened");
            }
            return embedded(answer, "base64".equals(format));
        });
    }

    void classify(RoutingContext ctx) {
        JsonObject json = Bodies.object(ctx).copy();
        List<Row> rows = rows(json.remove("input"));
        Fields fields = new Fields(json);
        String model = fields.text("model");
        fields.finish("the request");
        String adapter = Asked.of(ctx).adapter(model, backend.model());
        ask(ctx, new RowsRequest(Op.CLASSIFY, adapter, rows, 0), model, RowRoutes::classified);
    }

    private void ask(RoutingContext ctx, RowsRequest request, String model, Function<RowsAnswer, JsonArray> data) {
        Call call = backend.rows(Asked.of(ctx).id(), request);
        Replies.cancelWithReader(ctx, List.of(call));
        call.answer().map(RowsAnswer::of).onFailure(ctx::fail).onSuccess(answer -> {
            try {
                meters.tokens(answer.tokens(), 0);
                Replies.json(
                        ctx,
                        200,
                        new JsonObject()
                                .put("object", "list")
                                .put("model", model)
                                .put("data", data.apply(answer))
                                .put("used", answer.adapter() == null ? backend.model() : answer.adapter())
                                .put(
                                        "usage",
                                        new JsonObject()
                                                .put("prompt_tokens", answer.tokens())
                                                .put("total_tokens", answer.tokens())));
            } catch (RuntimeException e) {
                ctx.fail(e);
            }
        });
    }

    /** Texts, or objects with a text and its pair. */
    private List<Row> rows(Object input) {
        if (!(input instanceof JsonArray array) || array.isEmpty() || !(array.getValue(0) instanceof JsonObject)) {
            return Texts.of("input", input, MOST_INPUTS, limits.promptChars()).stream()
                    .map(text -> new Row(text, null))
                    .toList();
        }
        List<Row> rows = new ArrayList<>();
        if (array.size() > MOST_INPUTS) {
            throw Fields.wrong("input", "a list of " + array.size(), "1 to " + MOST_INPUTS + " rows");
        }
        for (Object each : array) {
            if (!(each instanceof JsonObject json)) {
                throw Fields.wrong("input", each, "texts, or objects with text and text_pair");
            }
            Fields fields = new Fields(json);
            Row row = new Row(fields.requireText("text"), fields.text("text_pair"));
            fields.finish("a row of input");
            Texts.limit(
                    "input",
                    row.text().length() + (row.pair() == null ? 0 : row.pair().length()),
                    limits.promptChars());
            rows.add(row);
        }
        return rows;
    }

    private static JsonArray embedded(RowsAnswer answer, boolean base64) {
        JsonArray data = new JsonArray();
        for (int i = 0; i < answer.values().size(); i++) {
            float[] vector = answer.values().get(i);
            data.add(new JsonObject()
                    .put("object", "embedding")
                    .put("index", i)
                    .put("embedding", base64 ? base64(vector) : numbers(vector)));
        }
        return data;
    }

    /** Floats of 32 bits, the lowest byte first. */
    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static JsonArray numbers(float[] vector) {
        JsonArray numbers = new JsonArray();
        for (float each : vector) {
            numbers.add(each);
        }
        return numbers;
    }

    private static JsonArray classified(RowsAnswer answer) {
        JsonArray data = new JsonArray();
        for (int i = 0; i < answer.values().size(); i++) {
            double[] scores = answer.scores(i);
            JsonObject named = new JsonObject();
            for (int k = 0; k < scores.length; k++) {
                named.put(answer.labels().get(k), scores[k]);
            }
            data.add(new JsonObject()
                    .put("index", i)
                    .put("label", answer.label(i))
                    .put("scores", named));
        }
        return data;
    }
}
