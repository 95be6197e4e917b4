package dev.graft.runtime.vertx.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every request passes: its id, its line in the log, who asks and whether they may, and how many ask at a time. */
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger("dev.graft.http");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String BEARER = "Bearer ";

    private final ApiKeys keys;
    private final HttpOptions options;
    private final Meters meters;
    private final Rates rates;

    Guard(ApiKeys keys, HttpOptions options, Meters meters) {
        this.keys = keys;
        this.options = options;
        this.meters = meters;
        this.rates = new Rates(options.limits().perMinute());
    }

    /** Gives a request its id and sees to its end. An id of the client's is taken if it is safe in a log. */
    void arrive(RoutingContext ctx, String route) {
        String given = ctx.request().getHeader("X-Request-Id");
        String id = given != null && ID.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        new Asked(id, null).keep(ctx);
        long begin = System.nanoTime();
        meters.begun();
        ctx.response().putHeader("X-Request-Id", id).putHeader("X-Content-Type-Options", "nosniff");
        ctx.addEndHandler(done -> {
            long nanos = System.nanoTime() - begin;
            int status = done.failed() ? 499 : ctx.response().getStatusCode(); // 499: the client went away
            meters.ended(route, status, nanos);
            ApiKey key = Asked.of(ctx).key();
            LOG.info(
                    "request {} {} {} of {}: {} in {} ms",
                    id,
                    ctx.request().method(),
                    safe(ctx.request().path()),
                    key == null ? "nobody" : key.name(),
                    status,
                    nanos / 1_000_000);
        });
    }

    /** Text of a client's for a log: printable, on one line, and not long. */
    static String safe(String text) {
        String line = String.valueOf(text).replaceAll("[^\\x21-\\x7e]", "?");
        return line.length() > 200 ? line.substring(0, 200) + "..." : line;
    }

    /** Lets a request through to a route, or throws why not. */
    void admit(RoutingContext ctx, Scope scope) {
        foreignPage(ctx.request());
        if (scope == null) {
            return;
        }
        if (keys != null) {
            new Asked(Asked.of(ctx).id(), key(ctx, scope)).keep(ctx);
        }
        long wait = rates.take(Asked.of(ctx).client(ctx));
        if (wait > 0) {
            ctx.response().putHeader("Retry-After", Long.toString(wait));
            throw new Problem.Refused(
                    429,
                    "rate_limit_exceeded",
                    "too many requests; the next is answered in " + wait + " s ("
                            + options.limits().perMinute() + " a minute are allowed)");
        }
    }

    /** Counts a request among those that are answered now, until it ends. */
    void enter(RoutingContext ctx, java.util.concurrent.atomic.AtomicInteger now) {
        int going = now.incrementAndGet();
        ctx.addEndHandler(done -> now.decrementAndGet());
        if (going > options.limits().concurrent()) {
            ctx.response().putHeader("Retry-After", "1");
            throw new Problem.Refused(503, "busy", "too many requests are answered now; try again later");
        }
    }

    private ApiKey key(RoutingContext ctx, Scope scope) {
        String header = ctx.request().getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            ctx.response().putHeader("WWW-Authenticate", "Bearer");
            throw new Problem.Refused(401, "no_api_key", "there is no API key; send Authorization: Bearer KEY");
        }
        ApiKey key = keys.find(header.substring(BEARER.length()).trim()).orElseThrow(() -> {
            ctx.response().putHeader("WWW-Authenticate", "Bearer");
            return new Problem.Refused(401, "invalid_api_key", "the API key is not known");
        });
        if (!key.scopes().contains(scope)) {
            throw new Problem.Refused(403, "wrong_scope", "the API key " + key.name() + " is not for " + scope.label());
        }
        return key;
    }

    /** A page of another site may not make a browser ask here; without keys, names of this machine only count as ours. */
    private void foreignPage(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        String host = request.getHeader("Host");
        boolean foreign = origin != null && !same(origin, host);
        boolean renamed = keys == null
                && request.authority() != null
                && !Local.isLoopback(request.authority().host());
        if (foreign || renamed) {
            throw new Problem.Refused(
                    403, "foreign_origin", "pages of other origins, and other names of this machine, are not answered");
        }
    }

    private static boolean same(String origin, String host) {
        try {
            return new URI(origin).getAuthority() != null
                    && new URI(origin).getAuthority().equals(host);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Ends a request that failed. What comes from inside goes to the log only. */
    void failed(RoutingContext ctx) {
        int status = ctx.statusCode() > 0 ? ctx.statusCode() : 500;
        Problem problem = Problem.of(status, ctx.failure());
        String id = Asked.of(ctx) == null ? "?" : Asked.of(ctx).id();
        if (problem.status() >= 500) {
            LOG.warn(
                    "request {} failed with {}: {}",
                    id,
                    problem.status(),
                    safeLine(ctx.failure()),
                    trace(ctx, problem));
        }
        if (ctx.response().ended() || ctx.response().closed()) {
            return;
        }
        if (ctx.response().headWritten()) {
            ctx.request().connection().close();
            return;
        }
        if (problem.status() == 503 && !ctx.response().headers().contains("Retry-After")) {
            ctx.response().putHeader("Retry-After", "1");
        }
        if (!ctx.request().isEnded()) {
            ctx.response().putHeader("Connection", "close"); // what is left of the body is not read
            ctx.response().endHandler(done -> ctx.request().connection().close());
        }
        Replies.json(ctx, problem.status(), problem.toJson());
    }

    private static Throwable trace(RoutingContext ctx, Problem problem) {
        return problem.status() == 500 ? ctx.failure() : null;
    }

    private static String safeLine(Throwable thrown) {
        return String.valueOf(thrown).replaceAll("\\p{Cntrl}", "?");
    }
}
