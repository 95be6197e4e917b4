package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

/** Cross entropy of softmax against class numbers; a label of -100 does not count. */
public final class CrossEntropy {
    /** The label of a row that does not count, as PyTorch has it. */
    public static final int IGNORED = -100;

    /** Rows of logits that are in memory at a time when the output projection is fused. */
    private static final int CHUNK = 256;

    private CrossEntropy() {}

    /**
     * The scaled sum of -log softmax(logits)[label].
     *
     * @param logits [rows, classes]
     * @param labels a class for each row, or {@link #IGNORED}
     * @param scale usually 1 / the number of labelled rows in the whole step
     * @return a scalar of shape [1]
     */
    public static Var apply(Var logits, int[] labels, double scale) {
        Require.rows(logits, "cross entropy");
        Tape tape = logits.tape();
        check(labels, logits.size(0), logits.size(1));
        Tensor gradient = tape.arena().allocate(logits.shape());
        double loss = chunk(tape, logits.value(), labels, 0, (float) scale, gradient);
        Var result = scalar(tape, loss * scale, logits);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        Tensor share = tape.arena().allocate(logits.shape());
                        tape.elementwise().scale(gradient, dy.toArray()[0], share);
                        tape.give(logits, share);
                    },
                    gradient);
        }
        gradient.release();
        return result;
    }

    /**
     * The same for logits = x Wᵀ, a few rows at a time: a [rows, vocabulary] matrix never exists, and gradients are
     * computed on the way.
     *
     * @param x [rows, hidden]
     * @param weight [vocabulary, hidden]
     */
    public static Var ofLinear(Var x, Var weight, int[] labels, double scale) {
        return ofLinear(x, weight, null, labels, scale);
    }

    /**
     * The same for logits = x Wᵀ + b.
     *
     * @param bias [vocabulary], which gets no gradient, or null
     */
    public static Var ofLinear(Var x, Var weight, Var bias, int[] labels, double scale) {
        return ofLinear(x, weight, bias, labels, scale, 0);
    }

    /**
     * The same for logits = cap * tanh((x Wᵀ + b) / cap).
     *
     * @param cap of the logits; 0 for none
     */
    public static Var ofLinear(Var x, Var weight, Var bias, int[] labels, double scale, double cap) {
        if (bias != null) {
            Require.shape(bias, "the bias", weight.size(0));
            if (bias.requiresGradient()) {
                throw new IllegalArgumentException("the bias of a chunked cross entropy cannot be trained");
            }
        }
        Epilogue epilogue = bias == null ? Epilogue.NONE : new Epilogue(bias.value(), 1f, null, false);
        Require.rank(x, 2, "cross entropy");
        Require.rank(weight, 2, "cross entropy");
        Require.shape(weight, "the weight", weight.size(0), x.size(1));
        Tape tape = x.tape();
        check(labels, x.size(0), weight.size(0));
        Tensor dx = tape.isRecording() && x.requiresGradient() ? tape.arena().allocate(x.shape()) : null;
        Tensor dw =
                tape.isRecording() && weight.requiresGradient() ? tape.arena().allocate(weight.shape()) : null;
        if (dw != null && labels.length == 0) {
            Tiles.fill(dw, 0f);
        }
        double loss = 0;
        for (int from = 0; from < labels.length; from += CHUNK) {
            int to = Math.min(labels.length, from + CHUNK);
            Tensor rows = x.value().rows(from, to);
            Tensor logits = tape.arena().allocate(to - from, weight.size(0));
            tape.kernels().product(rows, weight.value().transposed(), logits, epilogue);
            Tensor slope = cap > 0 ? capped(tape, logits, (float) cap) : null;
            loss += chunk(tape, logits, labels, from, (float) scale, logits);
            if (slope != null) {
                steepened(tape, slope, logits);
            }
            if (dx != null) {
                tape.kernels().product(logits, weight.value(), dx.rows(from, to), Epilogue.NONE);
            }
            if (dw != null) {
                tape.kernels().product(logits.transposed(), rows, dw, Epilogue.of(from > 0));
            }
            logits.release();
        }
        return recorded(tape, scalar(tape, loss * scale, x, weight), new Var[] {x, weight}, dx, dw);
    }

    /** Caps logits in place; returns tanh(l / cap). */
    private static Tensor capped(Tape tape, Tensor logits, float cap) {
        Tensor tanh = tape.arena().allocate(logits.shape());
        tape.elementwise().scale(logits, 1 / cap, tanh);
        tape.kernels().activation(Activation.TANH, tanh, tanh);
        tape.elementwise().scale(tanh, cap, logits);
        return tanh;
    }

    /** From the gradient of capped logits to that of the logits, in place: times 1 - tanh(l / cap)^2. */
    private static void steepened(Tape tape, Tensor tanh, Tensor gradient) {
        tape.elementwise().multiply(tanh, tanh, tanh);
        tape.elementwise().multiply(tanh, gradient, tanh);
        tape.elementwise().scale(tanh, -1f, tanh);
        tape.elementwise().add(gradient, tanh, gradient);
        tanh.release();
    }

    private static Var recorded(Tape tape, Var result, Var[] inputs, Tensor dx, Tensor dw) {
        if (result.requiresGradient()) {
            Tensor[] saved = Stream.of(dx, dw).filter(Objects::nonNull).toArray(Tensor[]::new);
            tape.record(
                    result,
                    dy -> {
                        scaled(tape, inputs[0], dx, dy);
                        scaled(tape, inputs[1], dw, dy);
                    },
                    saved);
            Stream.of(saved).forEach(Tensor::release);
        }
        return result;
    }

    private static void scaled(Tape tape, Var target, Tensor gradient, Tensor dy) {
        if (gradient != null) {
            tape.elementwise().scale(gradient, dy.toArray()[0], gradient);
            tape.share(target, gradient);
        }
    }

    /** Returns the summed loss of some rows and writes scale * (softmax - one-hot) to gradient, which may be logits. */
    private static double chunk(Tape tape, Tensor logits, int[] labels, int from, float scale, Tensor gradient) {
        int rows = (int) logits.size(0);
        int classes = (int) logits.size(1);
        float[] chosen = new float[rows];
        float[] row = new float[classes];
        for (int i = 0; i < rows; i++) {
            if (labels[from + i] != IGNORED) {
                logits.buffer().get(logits.offset() + i * classes, row, 0, classes);
                chosen[i] = row[labels[from + i]] - largest(row);
            }
        }
        tape.kernels().softmax(logits, gradient);
        double loss = 0;
        for (int i = 0; i < rows; i++) {
            int label = labels[from + i];
            if (label == IGNORED) {
                Arrays.fill(row, 0f);
            } else {
                gradient.buffer().get(gradient.offset() + i * classes, row, 0, classes);
                // the largest logit's probability is 1 / sum(exp(x - max)), which never underflows
                loss -= chosen[i] + Math.log(largest(row));
                scale(row, scale);
                row[label] -= scale;
            }
            gradient.buffer().put(gradient.offset() + i * classes, row, 0, classes);
        }
        return loss;
    }

    /** Two maxima side by side: a chain of comparisons would wait for itself. */
    private static float largest(float[] row) {
        float even = row[0];
        float odd = row[row.length - 1];
        for (int j = 0; j + 1 < row.length; j += 2) {
            even = Math.max(even, row[j]);
            odd = Math.max(odd, row[j + 1]);
        }
        return Math.max(even, odd);
    }

    private static void scale(float[] row, float factor) {
        for (int j = 0; j < row.length; j++) {
            row[j] *= factor;
        }
    }

    private static Var scalar(Tape tape, double value, Var... inputs) {
        Tensor out = tape.arena().allocate(1);
        Tiles.fill(out, (float) value);
        return tape.result(out, inputs);
    }

    private static void check(int[] labels, long rows, long classes) {
        if (labels.length != rows) {
            throw new IllegalArgumentException(labels.length + " labels for " + rows + " rows");
        }
        for (int label : labels) {
            if (label != IGNORED && (label < 0 || label >= classes)) {
                throw new IllegalArgumentException("label " + label + " is outside 0.." + (classes - 1));
            }
        }
    }
}
