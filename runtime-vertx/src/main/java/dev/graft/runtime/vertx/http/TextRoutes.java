package dev.graft.runtime.vertx.http;

import dev.graft.runtime.vertx.message.GenerateAnswer;
import dev.graft.runtime.vertx.message.GenerateRequest;
import dev.graft.runtime.vertx.transport.Call;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/** /v1/completions and /v1/chat/completions, whole or as server-sent events. */
final class TextRoutes {
    private final Backend backend;
    private final HttpOptions.Limits limits;
    private final Meters meters;

    TextRoutes(Backend backend, HttpOptions.Limits limits, Meters meters) {
        this.backend = backend;
        this.limits = limits;
        this.meters = meters;
    }

    void completions(RoutingContext ctx) {
        JsonObject body = Bodies.object(ctx);
        serve(ctx, TextRequest.completion(body, Asked.of(ctx), backend, limits.promptChars()), TextShape.COMPLETION);
    }

    void chat(RoutingContext ctx) {
        JsonObject body = Bodies.object(ctx);
        serve(ctx, TextRequest.chat(body, Asked.of(ctx), backend, limits.promptChars()), TextShape.CHAT);
    }

    private void serve(RoutingContext ctx, TextRequest request, TextShape shape) {
        if (request.stream()) {
            stream(ctx, request, shape);
        } else {
            whole(ctx, request, shape);
        }
    }

    private void whole(RoutingContext ctx, TextRequest request, TextShape shape) {
        List<Call> calls = new ArrayList<>();
        for (GenerateRequest each : request.each()) {
            calls.add(backend.generate(Asked.of(ctx).id(), each, null));
        }
        Replies.cancelWithReader(ctx, calls);
        Future.all(calls.stream().map(Call::answer).toList())
                .onFailure(e -> {
                    calls.forEach(Call::cancel);
                    ctx.fail(e);
                })
                .onSuccess(all -> {
                    List<GenerateAnswer> answers = calls.stream()
                            .map(call -> GenerateAnswer.of(call.answer().result()))
                            .toList();
                    Replies.json(
                            ctx,
                            200,
                            shape.whole(head(ctx, request, shape), request, answers)
                                    .put("usage", usage(answers)));
                });
    }

    private void stream(RoutingContext ctx, TextRequest request, TextShape shape) {
        EventStream events = new EventStream(ctx);
        JsonObject head = head(ctx, request, shape);
        List<Call> calls = new ArrayList<>();
        List<Future<Void>> written = new ArrayList<>();
        for (int i = 0; i < request.each().size(); i++) {
            int index = i;
            boolean[] begun = new boolean[1];
            Call call = backend.generate(Asked.of(ctx).id(), request.each().get(i), piece -> {
                Future<Void> sent = events.send(shape.piece(head, index, piece, !begun[0]));
                begun[0] = true;
                return sent;
            });
            calls.add(call);
            written.add(call.answer()
                    .map(GenerateAnswer::of)
                    .compose(answer -> events.send(shape.last(head, index, answer, begun[0]))));
        }
        Replies.cancelWithReader(ctx, calls);
        Future.all(written)
                .onSuccess(done -> finish(events, request, head, calls))
                .onFailure(e -> {
                    calls.forEach(Call::cancel);
                    broken(ctx, events, e);
                });
    }

    private void finish(EventStream events, TextRequest request, JsonObject head, List<Call> calls) {
        JsonObject usage = usage(calls.stream()
                .map(call -> GenerateAnswer.of(call.answer().result()))
                .toList());
        if (request.usage()) {
            events.send(head.copy().put("choices", new JsonArray()).put("usage", usage));
        }
        events.end("[DONE]");
    }

    /** An error has its status while nothing is written; after that it is an event. */
    private static void broken(RoutingContext ctx, EventStream events, Throwable e) {
        if (events.isUntouched()) {
            ctx.fail(e);
        } else {
            events.end(Problem.of(500, e).toJson().encode());
        }
    }

    private JsonObject head(RoutingContext ctx, TextRequest request, TextShape shape) {
        return new JsonObject()
                .put("id", shape.prefix() + Asked.of(ctx).id())
                .put("object", request.stream() ? shape.chunk() : shape.object())
                .put("created", System.currentTimeMillis() / 1000)
                .put("model", request.model())
                .put("seed", request.each().get(0).sampling().seed());
    }

    private JsonObject usage(List<GenerateAnswer> answers) {
        int prompt = answers.stream().mapToInt(GenerateAnswer::promptTokens).sum();
        int completion = answers.stream().mapToInt(GenerateAnswer::tokens).sum();
        meters.tokens(prompt, completion);
        return new JsonObject()
                .put("prompt_tokens", prompt)
                .put("completion_tokens", completion)
                .put("total_tokens", prompt + completion);
    }
}
