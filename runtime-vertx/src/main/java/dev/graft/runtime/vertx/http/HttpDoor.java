package dev.graft.runtime.vertx.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.PlatformHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP door: one port for inference, and one for administration, which is not for the public. */
public final class HttpDoor {
    private static final int MOST_HEAD = 16 << 10;
    private static final int MOST_LINE = 8 << 10;
    private static final int MOST_PARTS = 16;

    private final Vertx vertx;
    private final Backend backend;
    private final HttpOptions options;
    private final Meters meters = new Meters();
    private final AtomicInteger answering = new AtomicInteger();
    private Guard guard;
    private Path uploads;
    private HttpServer inference;
    private HttpServer administration;

    /** A door that is not open yet. */
    public HttpDoor(Vertx vertx, Backend backend, HttpOptions options) {
        this.vertx = vertx;
        this.backend = backend;
        this.options = options;
    }

    /**
     * Reads the keys and listens on both ports.
     *
     * @throws IOException if the keys cannot be read
     * @throws IllegalArgumentException if something in them is wrong
     */
    public Future<Void> start() throws IOException {
        ApiKeys keys = options.keys() == null ? null : ApiKeys.read(options.keys());
        guard = new Guard(keys, options, meters);
        uploads = Files.createTempDirectory("graft-uploads");
        Routes routes = new Routes(backend, options.limits(), meters);
        return listen(options.port(), routes.inference())
                .onSuccess(server -> inference = server)
                .compose(server -> listen(options.adminPort(), routes.administration()))
                .onSuccess(server -> administration = server)
                .mapEmpty();
    }

    private Future<HttpServer> listen(int port, List<Route> routes) {
        SlowClients slow = new SlowClients(vertx, options.limits());
        return vertx.createHttpServer(serverOptions())
                .connectionHandler(slow::connected)
                .requestHandler(router(routes, slow))
                .listen(port, options.host());
    }

    private HttpServerOptions serverOptions() {
        HttpServerOptions server = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxHeaderSize(MOST_HEAD)
                .setMaxInitialLineLength(MOST_LINE)
                .setMaxFormFields(MOST_PARTS)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(
                        (int) Math.min(Integer.MAX_VALUE, options.limits().idleMillis()));
        if (options.certificate() != null) {
            server.setSsl(true)
                    .setEnabledSecureTransportProtocols(new LinkedHashSet<>(Set.of("TLSv1.3", "TLSv1.2")))
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(options.certificate().toString())
                            .setKeyPath(options.privateKey().toString()));
        }
        return server;
    }

    private Router router(List<Route> routes, SlowClients slow) {
        Router router = Router.router(vertx);
        JsonObject document = OpenApi.document(routes);
        router.get("/openapi.json").handler(ctx -> {
            guard.arrive(ctx, "/openapi.json");
            guard.admit(ctx, null);
            Replies.json(ctx, 200, document);
        });
        for (Route route : routes) {
            add(router, route, slow);
        }
        router.route().handler(ctx -> {
            guard.arrive(ctx, "other");
            boolean known = routes.stream()
                    .anyMatch(route -> matches(route.path(), ctx.request().path()));
            ctx.fail(known ? 405 : 404);
        });
        router.route().failureHandler(guard::failed);
        return router;
    }

    private static boolean matches(String path, String asked) {
        return asked != null && asked.matches(path.replaceAll(":[a-z]+", "[^/]+"));
    }

    private void add(Router router, Route route, SlowClients slow) {
        var at = router.route(route.method(), route.path()).handler((PlatformHandler) ctx -> {
            slow.arrived(ctx);
            guard.arrive(ctx, route.path());
            guard.admit(ctx, route.scope());
            if (route.scope() != null) {
                guard.enter(ctx, answering);
            }
            typed(ctx, route);
            ctx.next();
        });
        if (route.body().files()) {
            at.handler(BodyHandler.create(uploads.toString())
                    .setBodyLimit(options.limits().adapterBytes())
                    .setDeleteUploadedFilesOnEnd(true));
        } else {
            at.handler(BodyHandler.create(false).setBodyLimit(options.limits().bodyBytes()));
        }
        at.handler(ctx -> {
            slow.whole(ctx);
            route.handler().handle(ctx);
        });
    }

    /** A body of another type is not read; by that, forms of foreign pages cannot send one that is. */
    private static void typed(RoutingContext ctx, Route route) {
        String given = ctx.request().getHeader("Content-Type");
        String type = given == null ? "" : given.split(";", 2)[0].trim().toLowerCase(java.util.Locale.ROOT);
        String wanted = route.body().files() ? "multipart/form-data" : "application/json";
        if (!route.body().isNone() && !type.equals(wanted)) {
            throw new Problem.Refused(
                    415, "unsupported_media_type", "the body is " + Guard.safe(type) + "; allowed: " + wanted);
        }
    }

    /** The port of inference. */
    public int port() {
        return inference.actualPort();
    }

    /** The port of administration. */
    public int adminPort() {
        return administration.actualPort();
    }

    /** Listens no more; requests that are answered now have a second. */
    public Future<Void> stop() {
        return Future.join(close(inference), close(administration)).transform(done -> {
            meters.close();
            return vertx.fileSystem().deleteRecursive(uploads.toString()).otherwiseEmpty();
        });
    }

    private static Future<Void> close(HttpServer server) {
        return server == null ? Future.succeededFuture() : server.close();
    }
}
