package dev.graft.runtime.vertx.message;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers a {@link RowsRequest}, a row each in its order. Numbers are the rows of one tensor part, as many as
 * {@code lengths} says: logits of the classes, a vector, or the logarithms of the tokens' probabilities.
 *
 * @param adapter {@code name@digest} that was used, or null for the bare base
 * @param labels the classes, in the order of the logits; empty where nothing is classified
 * @param values of each row
 * @param tokens that were read in all
 */
public record RowsAnswer(String adapter, List<String> labels, List<float[]> values, int tokens) {
    /** Copies the lists. */
    public RowsAnswer {
        labels = List.copyOf(labels);
        values = List.copyOf(values);
    }

    /** The most probable class of a row. */
    public String label(int row) {
        float[] logits = values.get(row);
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return labels.get(best);
    }

    /** Probabilities of the classes of a row. */
    public double[] scores(int row) {
        float[] logits = values.get(row);
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double[] scores = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.exp(logits[i] - most);
            sum += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= sum;
        }
        return scores;
    }

    /** Logarithm of the probability of a row's second text, given the first. */
    public double logprob(int row) {
        double sum = 0;
        for (float each : values.get(row)) {
            sum += each;
        }
        return sum;
    }

    /** As a message. */
    public Packet toPacket() {
        JsonArray lengths = new JsonArray();
        int total = 0;
        for (float[] row : values) {
            lengths.add(row.length);
            total += row.length;
        }
        float[] all = new float[total];
        int at = 0;
        for (float[] row : values) {
            System.arraycopy(row, 0, all, at, row.length);
            at += row.length;
        }
        JsonObject head = new JsonObject()
                .put("adapter", adapter)
                .put("labels", new JsonArray(List.copyOf(labels)))
                .put("lengths", lengths)
                .put("tokens", tokens);
        return TensorPart.packet(head, List.of(TensorPart.of("values", all, total)));
    }

    /** Reads {@link #toPacket}. */
    public static RowsAnswer of(Packet packet) {
        float[] all = TensorPart.of(packet).get(0).values();
        List<float[]> values = new ArrayList<>();
        int at = 0;
        for (Object each : packet.head().getJsonArray("lengths")) {
            float[] row = new float[((Number) each).intValue()];
            System.arraycopy(all, at, row, 0, row.length);
            at += row.length;
            values.add(row);
        }
        List<String> labels = packet.head().getJsonArray("labels").stream()
                .map(String.class::cast)
                .toList();
        return new RowsAnswer(
                packet.head().getString("adapter"),
                labels,
                values,
                packet.head().getInteger("tokens"));
    }
}
