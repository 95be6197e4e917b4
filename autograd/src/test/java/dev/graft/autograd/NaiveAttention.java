package dev.graft.autograd;

import java.util.function.ToDoubleFunction;

/** Attention by its definition, one query and head at a time. */
final class NaiveAttention {
    /** Which weight is meant: sequence, head, query and key within the sequence. */
    record Weight(int sequence, int head, int query, int key) {}

    private final AttentionShape shape;
    private final Sequences queries;
    private final Sequences keys;
    private final ToDoubleFunction<Weight> factor;
    private int[] biases;

    NaiveAttention(AttentionShape shape, Sequences queries, Sequences keys, ToDoubleFunction<Weight> factor) {
        this.shape = shape;
        this.queries = queries;
        this.keys = keys;
        this.factor = factor;
    }

    /** The last input is added to the scores: where each sequence's block [heads, queries, keys] begins in it. */
    NaiveAttention biased(int... starts) {
        biases = starts.clone();
        return this;
    }

    double[] apply(double[]... v) {
        double[] out = new double[v[0].length];
        for (int s = 0; s < queries.count(); s++) {
            for (int i = 0; i < queries.length(s); i++) {
                for (int h = 0; h < shape.heads(); h++) {
                    head(v, out, s, i, h);
                }
            }
        }
        return out;
    }

    private void head(double[][] v, double[] out, int s, int i, int h) {
        int size = shape.headSize();
        int shared = h / (shape.heads() / shape.keyValueHeads());
        int query = ((queries.start(s) + i) * shape.heads() + h) * size;
        int seen = shape.causal() ? keys.length(s) - queries.length(s) + i + 1 : keys.length(s);
        int from = shape.window() == 0 ? 0 : Math.max(0, seen - shape.window());
        double[] weights = new double[seen];
        double sum = 0;
        for (int j = from; j < seen; j++) {
            int key = ((keys.start(s) + j) * shape.keyValueHeads() + shared) * size;
            double score = 0;
            for (int d = 0; d < size; d++) {
                score += v[0][query + d] * v[1][key + d];
            }
            double scaled = shape.scale() * score;
            double capped = shape.cap() == 0 ? scaled : shape.cap() * Math.tanh(scaled / shape.cap());
            int block = (h * queries.length(s) + i) * keys.length(s) + j;
            weights[j] = Math.exp(capped + (v.length > 3 ? v[3][biases[s] + block] : 0));
            sum += weights[j];
        }
        for (int j = 0; j < seen; j++) {
            int key = ((keys.start(s) + j) * shape.keyValueHeads() + shared) * size;
            double weight = weights[j] / sum * factor.applyAsDouble(new Weight(s, h, i, j));
            for (int d = 0; d < size; d++) {
                out[query + d] += weight * v[2][key + d];
            }
        }
    }
}
