package dev.graft.autograd;

import dev.graft.autograd.kernel.Activation;
import dev.graft.autograd.kernel.Epilogue;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Cross entropy of softmax against class numbers; a label of -100 does not count. */
public final class CrossEntropy {
    /** The label of a row that does not count, as PyTorch has it. */
    public static final int IGNORED = -100;

    /** Smaller probabilities have lost bits, or are 0. */
    private static final float SMALLEST = 1e-36f;

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
        double loss = chunk(tape, logits.value(), labels, 0, gradient, i -> row(logits.value(), i));
        Var result = scalar(tape, loss * scale, logits);
        if (result.requiresGradient()) {
            tape.record(
                    result,
                    dy -> {
                        Tensor share = tape.arena().allocate(logits.shape());
                        tape.elementwise().scale(gradient, (float) (scale * dy.toArray()[0]), share);
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
            loss += chunk(tape, logits, labels, from, logits, i -> again(rows.rows(i, i + 1), weight, epilogue, cap));
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
        return recorded(tape, scalar(tape, loss * scale, x, weight), new Var[] {x, weight}, dx, dw, scale);
    }

    /** The logits of one row [1, hidden] once more. */
    private static float[] again(Tensor x, Var weight, Epilogue epilogue, double cap) {
        Tape tape = weight.tape();
        Tensor logits = tape.arena().allocate(1, weight.size(0));
        tape.kernels().product(x, weight.value().transposed(), logits, epilogue);
        if (cap > 0) {
            capped(tape, logits, (float) cap).release();
        }
        float[] row = logits.toArray();
        logits.release();
        return row;
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

    private static Var recorded(Tape tape, Var result, Var[] inputs, Tensor dx, Tensor dw, double scale) {
        if (result.requiresGradient()) {
            Tensor[] saved = Stream.of(dx, dw).filter(Objects::nonNull).toArray(Tensor[]::new);
            tape.record(
                    result,
                    dy -> {
                        float factor = (float) (scale * dy.toArray()[0]);
                        scaled(tape, inputs[0], dx, factor);
                        scaled(tape, inputs[1], dw, factor);
                    },
                    saved);
            Stream.of(saved).forEach(Tensor::release);
        }
        return result;
    }

    private static void scaled(Tape tape, Var target, Tensor gradient, float factor) {
        if (gradient != null) {
            tape.elementwise().scale(gradient, factor, gradient);
            tape.share(target, gradient);
        }
    }

    /**
     * Returns the summed loss of some rows and writes softmax - one-hot to gradient, which may be the logits.
     *
     * @param again gives the logits of a row where its probability is too small for a float
     */
    private static double chunk(
            Tape tape, Tensor logits, int[] labels, int from, Tensor gradient, IntFunction<float[]> again) {
        int rows = (int) logits.size(0);
        int classes = (int) logits.size(1);
        tape.kernels().softmax(logits, gradient);
        double loss = 0;
        float[] zeros = new float[0];
        for (int i = 0; i < rows; i++) {
            int label = labels[from + i];
            int start = gradient.offset() + i * classes;
            if (label == IGNORED) {
                zeros = zeros.length == 0 ? new float[classes] : zeros;
                gradient.buffer().put(start, zeros, 0, classes);
            } else {
                float probability = gradient.buffer().get(start + label);
                loss += probability < SMALLEST ? surprise(again.apply(i), label) : -Math.log(probability);
                gradient.buffer().put(start + label, probability - 1);
            }
        }
        return loss;
    }

    private static float[] row(Tensor logits, int row) {
        return logits.rows(row, row + 1).toArray();
    }

    /** -log softmax(logits)[label] where the probability itself may be 0 as a float; NaN if a logit is. */
    private static double surprise(float[] logits, int label) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return most - logits[label] + Math.log(sum);
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
