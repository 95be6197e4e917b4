package dev.graft.training.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A comparison as JSON, for programs: every run with every digit, every loss, and where it came from. */
public final class ComparisonJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ComparisonJson() {}

    /** One JSON object. */
    public static String of(Comparison comparison) {
        ObjectNode root = MAPPER.createObjectNode();
        ArrayNode methods = root.putArray("methods");
        for (MethodSummary one : comparison.ranked()) {
            ObjectNode method = methods.addObject();
            method.put("name", one.name());
            method.put("accuracy_mean", one.accuracy().mean());
            method.put("accuracy_deviation", one.accuracy().deviation());
            ArrayNode runs = method.putArray("runs");
            one.runs().forEach(run -> put(run, runs.addObject()));
        }
        ObjectNode rankings = root.putObject("rankings");
        for (Rank rank : Rank.values()) {
            ArrayNode names = rankings.putArray(rank.key());
            rank.order(comparison).forEach(one -> names.add(one.name()));
        }
        ArrayNode failures = root.putArray("failures");
        for (FailedRun failed : comparison.failures()) {
            ObjectNode node = failures.addObject();
            node.put("method", failed.method());
            node.put("seed", failed.seed());
            node.put("reason", failed.reason());
        }
        ObjectNode provenance = root.putObject("provenance");
        Advice.facts(comparison).forEach(fact -> provenance.put(fact.get(0), fact.get(1)));
        provenance.put("command", comparison.provenance().command());
        return text(root);
    }

    private static void put(MethodResult run, ObjectNode node) {
        node.put("method", run.method());
        node.put("seed", run.seed());
        node.put("learning_rate", run.learningRate());
        node.put("trainable_parameters", run.trainableParameters());
        node.put("share_of_base", run.shareOfBase());
        node.put("accuracy", run.quality().accuracy());
        node.put("macro_f1", run.quality().macroF1());
        node.put("validation_accuracy", run.quality().validationAccuracy());
        node.put("train_seconds", run.cost().trainSeconds());
        node.put("ms_per_step", run.cost().millisPerStep());
        node.put("tokens_per_second", run.cost().tokensPerSecond());
        node.put("peak_memory_mib", run.cost().peakMemoryMib());
        node.put("adapter_bytes", run.cost().adapterBytes());
        node.put("latency_ms", run.cost().latencyMillis());
        node.set("settings", MAPPER.valueToTree(run.settings()));
        node.set("losses", points(run.losses()));
    }

    /** [[step, loss], ...]. */
    static ArrayNode points(List<LossPoint> losses) {
        ArrayNode points = MAPPER.createArrayNode();
        losses.forEach(point -> points.addArray().add(point.step()).add(point.loss()));
        return points;
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String text(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a comparison could not be written as JSON", e);
        }
    }
}
