package dev.graft.runtime.vertx.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import dev.graft.runtime.vertx.http.Route.Body;
import java.util.ArrayList;
import java.util.List;

/** All routes of the two ports. */
final class Routes {
    private static final List<Integer> ANY = List.of(500);
    private static final List<Integer> ASKS = List.of(500, 503, 504);
    private static final List<Integer> INFERS = List.of(404, 500, 503, 504);
    private static final List<Integer> NAMES = List.of(400, 404, 500, 503, 504);
    private static final String EVENTS = "text/event-stream";

    private final Backend backend;
    private final HttpOptions.Limits limits;
    private final Meters meters;

    Routes(Backend backend, HttpOptions.Limits limits, Meters meters) {
        this.backend = backend;
        this.limits = limits;
        this.meters = meters;
    }

    /** Of the public port. */
    List<Route> inference() {
        TextRoutes texts = new TextRoutes(backend, limits, meters);
        ModelRoutes models = new ModelRoutes(backend);
        Scope infer = Scope.INFER;
        List<Route> routes = health();
        routes.add(new Route(
                GET, "/v1/models", infer, "The base and its adapters.", Body.NONE, "Models", ASKS, models::list));
        routes.add(new Route(GET, "/v1/models/:model", infer, "One of them.", Body.NONE, "Model", NAMES, models::one));
        routes.add(new Route(
                POST,
                "/v1/completions",
                infer,
                "Continues texts; server-sent events with stream.",
                Body.json("CompletionRequest"),
                "Completion",
                INFERS,
                texts::completions));
        routes.add(new Route(
                POST,
                "/v1/chat/completions",
                infer,
                "Answers in a conversation; server-sent events with stream.",
                Body.json("ChatRequest"),
                "ChatCompletion",
                INFERS,
                texts::chat));
        rows(routes);
        return routes;
    }

    private void rows(List<Route> routes) {
        RowRoutes rows = new RowRoutes(backend, limits, meters);
        Scope infer = Scope.INFER;
        routes.add(new Route(
                POST,
                "/v1/embeddings",
                infer,
                "Vectors of texts.",
                Body.json("EmbeddingsRequest"),
                "Embeddings",
                INFERS,
                rows::embeddings));
        routes.add(new Route(
                POST,
                "/v1/classify",
                infer,
                "Classes of texts, by an adapter's head.",
                Body.json("ClassifyRequest"),
                "Classes",
                INFERS,
                rows::classify));
    }

    /** Of the port of administration. */
    List<Route> administration() {
        StatusRoutes status = new StatusRoutes(backend, meters);
        Scope may = Scope.STATUS;
        List<Route> routes = health();
        routes.add(new Route(
                GET, "/", null, "A page that shows the state.", Body.NONE, "text/html", List.of(), Page::show));
        routes.add(new Route(
                GET, "/metrics", may, "For Prometheus.", Body.NONE, "text/plain", List.of(), status::metrics));
        routes.add(new Route(GET, "/admin/status", may, "The state now.", Body.NONE, "Status", ANY, status::status));
        routes.add(new Route(
                GET, "/admin/events", may, "The state each second.", Body.NONE, EVENTS, List.of(), status::events));
        adapters(routes);
        jobs(routes);
        return routes;
    }

    private void adapters(List<Route> routes) {
        AdapterRoutes adapters = new AdapterRoutes(backend);
        Scope may = Scope.ADAPTERS;
        routes.add(new Route(
                GET,
                "/admin/adapters",
                may,
                "All versions, and folders that are refused.",
                Body.NONE,
                "Adapters",
                ASKS,
                adapters::list));
        routes.add(new Route(
                PUT,
                "/admin/adapters/:adapter",
                may,
                "Publishes a version from adapter_config.json, adapter_model.safetensors and graft.json.",
                Body.FILES,
                "Published",
                List.of(409, 500, 503, 504),
                adapters::publish));
        routes.add(new Route(
                POST,
                "/admin/adapters/:adapter/:action",
                may,
                "load, pin, unpin or unload.",
                Body.NONE,
                "Adapter",
                NAMES,
                adapters::act));
    }

    private void jobs(List<Route> routes) {
        JobRoutes jobs = new JobRoutes(backend);
        Scope may = Scope.JOBS;
        routes.add(new Route(
                GET, "/admin/jobs", may, "All jobs.", Body.NONE, "Jobs", List.of(404, 500, 503, 504), jobs::list));
        routes.add(new Route(
                POST,
                "/admin/jobs",
                may,
                "Submits a job.",
                Body.json("JobRequest"),
                "Submitted",
                INFERS,
                jobs::submit));
        routes.add(new Route(GET, "/admin/jobs/:job", may, "A job's status.", Body.NONE, "Job", NAMES, jobs::status));
        routes.add(new Route(
                GET,
                "/admin/jobs/:job/events",
                may,
                "A job's status now and after each change, until it is over.",
                Body.NONE,
                EVENTS,
                NAMES,
                jobs::events));
        routes.add(new Route(
                POST, "/admin/jobs/:job/:action", may, "pause, resume or cancel.", Body.NONE, "Job", NAMES, jobs::act));
    }

    private List<Route> health() {
        StatusRoutes status = new StatusRoutes(backend, meters);
        List<Route> routes = new ArrayList<>();
        routes.add(new Route(
                GET, "/health/live", null, "The process answers.", Body.NONE, "Health", List.of(), status::live));
        routes.add(new Route(
                GET,
                "/health/ready",
                null,
                "The model's services answer.",
                Body.NONE,
                "Health",
                List.of(503),
                status::ready));
        return routes;
    }
}
