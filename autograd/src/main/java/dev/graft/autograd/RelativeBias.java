package dev.graft.autograd;

import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What disentangled attention adds to its scores (He et al. 2021, arXiv 2006.03654, equation 2): for query i and key j,
 * at a distance of i - j, scale * (q_i · K_r + k_j · Q_r), where K and Q are tables of embedded distances, projected like
 * keys and queries, and r is the distance's row.
 *
 * <p>Places are counted from the first key, so that rows in front of the keys have distances too.
 */
public final class RelativeBias {
    private final Tape tape;
    private final AttentionShape shape;
    private final Sequences texts;
    private final AttentionPrefix prefix;
    private final Tables tables;
    private final int[] starts;

    /** Queries, keys, rows in front of the keys, and the two tables; their tensors outlive the values' scopes. */
    private final Part q;

    private final Part k;
    private final Part front;
    private final Part metByQueries;
    private final Part metByKeys;

    /** A value with its tensor, which is kept for the gradient. */
    private record Part(Var var, Tensor tensor) {
        static Part of(Var var) {
            return var == null ? null : new Part(var, var.value());
        }
    }

    /**
     * Embedded distances.
     *
     * @param keys what queries meet, [rows, heads * head size], or null (content to position)
     * @param queries what keys meet, of the same shape, or null (position to content)
     * @param first for each sequence, the row where its table begins; sequences may share one
     * @param row the row in a table for a distance; it never falls when the distance grows
     */
    public record Tables(Var keys, Var queries, int[] first, IntUnaryOperator row) {
        /** Copies the array. */
        public Tables {
            first = first.clone();
        }
    }

    private RelativeBias(
            Var q, Var k, AttentionShape shape, Sequences texts, AttentionPrefix prefix, Tables tables, int[] starts) {
        this.tape = q.tape();
        this.q = Part.of(q);
        this.k = Part.of(k);
        this.front = Part.of(prefix == null ? null : prefix.keys());
        this.metByQueries = Part.of(tables.keys);
        this.metByKeys = Part.of(tables.queries);
        this.shape = shape;
        this.texts = texts;
        this.prefix = prefix;
        this.tables = tables;
        this.starts = starts;
    }

    /**
     * The bias of every score of sequences that attend to themselves.
     *
     * @param q queries [rows, heads * head size]
     * @param k keys, of the same shape: a head of the queries has keys of its own
     * @param texts where the sequences lie in both
     * @param prefix rows in front of the keys, or null
     * @param tables at least one of them
     * @throws IllegalArgumentException if shapes do not fit
     */
    public static AttentionBias apply(
            Var q, Var k, AttentionShape shape, Sequences texts, AttentionPrefix prefix, Tables tables) {
        check(q, k, shape, texts, tables);
        int[] starts = new int[texts.count()];
        int numbers = 0;
        for (int s = 0; s < starts.length; s++) {
            starts[s] = numbers;
            int seen = texts.length(s) + (prefix == null ? 0 : prefix.rows().length(s));
            numbers = Math.addExact(numbers, Math.multiplyExact(shape.heads() * texts.length(s), seen));
        }
        RelativeBias bias = new RelativeBias(q, k, shape, texts, prefix, tables, starts);
        return new AttentionBias(bias.values(numbers), starts);
    }

    private static void check(Var q, Var k, AttentionShape shape, Sequences texts, Tables tables) {
        long width = (long) shape.heads() * shape.headSize();
        if (shape.heads() != shape.keyValueHeads()) {
            throw new IllegalArgumentException("attention that knows distances has keys for each head, not " + shape);
        }
        Require.shape(q, "the queries", q.size(0), width);
        Require.shape(k, "the keys", q.size(0), width);
        for (Var table : new Var[] {tables.keys, tables.queries}) {
            if (table != null) {
                Require.shape(table, "a table of distances", table.size(0), width);
            }
        }
        if (tables.first.length != texts.count() || tables.keys == null && tables.queries == null) {
            throw new IllegalArgumentException(
                    texts.count() + " sequences need tables of distances; given: places for " + tables.first.length);
        }
    }

    private Var values(int numbers) {
        Tensor out = tape.arena().allocate(numbers);
        for (int s = 0; s < starts.length; s++) {
            new Block(s).forward(out);
        }
        List<Part> parts = Stream.of(q, k, front, metByQueries, metByKeys)
                .filter(Objects::nonNull)
                .toList();
        Var result = tape.result(out, parts.stream().map(Part::var).toArray(Var[]::new));
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        for (int s = 0; s < starts.length; s++) {
                            new Block(s).backward(dy);
                        }
                    },
                    parts.stream().map(Part::tensor).toArray(Tensor[]::new));
        }
        return result;
    }

    /** One sequence: [heads, queries, prefix rows and keys]. */
    private final class Block {
        private final int sequence;
        private final int queries;
        private final int before;
        private final int seen;

        /** The first row that a distance of this sequence has, and how many follow. */
        private final int lowest;

        private final int width;

        /** The row of each distance, counted from the lowest; the first one is of -(queries - 1). */
        private final int[] rows;

        Block(int sequence) {
            this.sequence = sequence;
            queries = texts.length(sequence);
            before = prefix == null ? 0 : prefix.rows().length(sequence);
            seen = before + queries;
            rows = new int[queries == 0 ? 0 : queries - 1 + seen];
            for (int d = 0; d < rows.length; d++) {
                rows[d] = tables.row.applyAsInt(d - queries + 1);
            }
            lowest = rows.length == 0 ? 0 : rows[0];
            width = rows.length == 0 ? 0 : rows[rows.length - 1] - lowest + 1;
            for (int d = 0; d < rows.length; d++) {
                rows[d] -= lowest;
            }
        }

        void forward(Tensor out) {
            if (queries == 0) {
                return;
            }
            Tensor met = metByQueries == null ? null : product(own(q.tensor), metByQueries, queries);
            Tensor meeting = metByKeys == null ? null : product(own(k.tensor), metByKeys, seen);
            if (meeting != null && before > 0) {
                multiply(inFront(front.tensor), metByKeys, narrow(meeting, 0, before));
            }
            float[] scores = new float[queries * seen];
            float[] fromQueries = new float[met == null ? 0 : queries * width];
            float[] fromKeys = new float[meeting == null ? 0 : seen * width];
            for (int head = 0; head < shape.heads(); head++) {
                read(met, head, fromQueries);
                read(meeting, head, fromKeys);
                gather(scores, fromQueries, fromKeys);
                out.buffer().put(out.offset() + starts[sequence] + head * scores.length, scores, 0, scores.length);
            }
            release(met);
            release(meeting);
        }

        /** scale * rows · tableᵀ, [1, heads, count, width]; the sequence's own rows are the last ones. */
        private Tensor product(Tensor ownRows, Part table, int count) {
            Tensor all = tape.arena().allocate(1, shape.heads(), count, width);
            multiply(ownRows, table, narrow(all, count - queries, count));
            return all;
        }

        private void multiply(Tensor rowsOfHeads, Part table, Tensor into) {
            tape.kernels().product(rowsOfHeads, table(table.tensor).transposed(), into, epilogue(false));
        }

        private void gather(float[] scores, float[] fromQueries, float[] fromKeys) {
            for (int i = 0; i < queries; i++) {
                int distance = before + i + queries - 1; // of the first key
                for (int j = 0; j < seen; j++) {
                    int row = rows[distance - j];
                    float score = fromQueries.length == 0 ? 0 : fromQueries[i * width + row];
                    scores[i * seen + j] = fromKeys.length == 0 ? score : score + fromKeys[j * width + row];
                }
            }
        }

        void backward(Tensor dy) {
            if (queries == 0) {
                return;
            }
            Tensor met = metByQueries == null ? null : tape.arena().allocate(1, shape.heads(), queries, width);
            Tensor meeting = metByKeys == null ? null : tape.arena().allocate(1, shape.heads(), seen, width);
            float[] scores = new float[queries * seen];
            float[] toQueries = new float[met == null ? 0 : queries * width];
            float[] toKeys = new float[meeting == null ? 0 : seen * width];
            for (int head = 0; head < shape.heads(); head++) {
                dy.buffer().get(dy.offset() + starts[sequence] + head * scores.length, scores, 0, scores.length);
                scatter(scores, toQueries, toKeys);
                write(toQueries, met, head);
                write(toKeys, meeting, head);
            }
            if (met != null) {
                give(met, q, this::own, metByQueries);
            }
            if (meeting != null) {
                give(narrow(meeting, before, seen), k, this::own, metByKeys);
                if (before > 0) {
                    give(narrow(meeting, 0, before), front, this::inFront, metByKeys);
                }
            }
            release(met);
            release(meeting);
        }

        private void scatter(float[] scores, float[] toQueries, float[] toKeys) {
            Arrays.fill(toQueries, 0f);
            Arrays.fill(toKeys, 0f);
            for (int i = 0; i < queries; i++) {
                int distance = before + i + queries - 1;
                for (int j = 0; j < seen; j++) {
                    int row = rows[distance - j];
                    if (toQueries.length > 0) {
                        toQueries[i * width + row] += scores[i * seen + j];
                    }
                    if (toKeys.length > 0) {
                        toKeys[j * width + row] += scores[i * seen + j];
                    }
                }
            }
        }

        /** Of d = scale * x · tableᵀ the gradients of x and of the table. */
        private void give(Tensor d, Part x, UnaryOperator<Tensor> heads, Part table) {
            if (x.var.requiresGradient()) {
                Tensor gradient = heads.apply(tape.gradientToAdd(x.var));
                tape.kernels().product(d, table(table.tensor), gradient, epilogue(true));
            }
            if (table.var.requiresGradient()) {
                Tensor gradient = table(tape.gradientToAdd(table.var));
                tape.kernels().product(d.transposed(), heads.apply(x.tensor), gradient, epilogue(true));
            }
        }

        private Epilogue epilogue(boolean add) {
            return Epilogue.scaled((float) shape.scale(), add);
        }

        /** The sequence's rows [rows, heads * head size] seen as [1, heads, queries, head size]. */
        private Tensor own(Tensor all) {
            return heads(all, texts.start(sequence), queries);
        }

        private Tensor inFront(Tensor all) {
            return heads(all, prefix.rows().start(sequence), before);
        }

        /** The rows of the table that the sequence's distances have, [1, heads, width, head size]. */
        private Tensor table(Tensor all) {
            return heads(all, tables.first[sequence] + lowest, width);
        }

        private Tensor heads(Tensor all, int from, int count) {
            long row = all.stride(0);
            return all.view(from * row, new long[] {1, shape.heads(), count, shape.headSize()}, new long[] {
                count * row, shape.headSize(), row, 1
            });
        }
    }

    private static Tensor narrow(Tensor all, int from, int to) {
        return from == 0 && to == all.size(2) ? all : all.narrow(2, from, to);
    }

    private static void read(Tensor all, int head, float[] into) {
        if (all != null) {
            all.buffer().get(all.offset() + head * into.length, into, 0, into.length);
        }
    }

    private static void write(float[] from, Tensor all, int head) {
        if (all != null) {
            all.buffer().put(all.offset() + head * from.length, from, 0, from.length);
        }
    }

    private static void release(Tensor tensor) {
        if (tensor != null) {
            tensor.release();
        }
    }
}
