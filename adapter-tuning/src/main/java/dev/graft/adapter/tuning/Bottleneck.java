package dev.graft.adapter.tuning;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;

/**
 * Two projections with an activation between: s (f(h D + d) U + u), the bottleneck of Houlsby et al. 2019 (figure 2)
 * with the scale s of He et al. 2021 (table 1). Tensors have AdapterHub's names: adapter_down.0.weight [size, hidden],
 * adapter_up.weight [hidden, size], their biases, and scaling if it is learned, [1] or [hidden].
 *
 * @param down D, transposed
 * @param downBias d
 * @param up U, transposed
 * @param upBias u
 * @param learned s where it is learned, else null
 * @param settings scale, activation and dropout
 */
record Bottleneck(
        Parameter down,
        Parameter downBias,
        Parameter up,
        Parameter upBias,
        Parameter learned,
        BottleneckSettings settings) {
    private static final double BERT = 0.02;
    private static final double HOULSBY = 0.01;

    /** Declares the tensors of a bottleneck of a site's layer. */
    static Bottleneck declare(Parameters parameters, int hidden, int size, BottleneckSettings settings) {
        Init downStart = switch (settings.initWeights()) {
            case "mam_adapter" -> Init.uniform(1 / Math.sqrt(hidden)); // Kaiming's uniform with a = sqrt(5)
            case "houlsby" -> truncated();
            default -> Init.normal(BERT);
        };
        Init upStart = switch (settings.initWeights()) {
            case "mam_adapter" -> Init.zeros();
            case "houlsby" -> truncated();
            default -> Init.normal(BERT);
        };
        return new Bottleneck(
                parameters.trainable("adapter_down.0.weight", downStart, size, hidden),
                parameters.trainable("adapter_down.0.bias", Init.zeros(), size),
                parameters.trainable("adapter_up.weight", upStart, hidden, size),
                parameters.trainable("adapter_up.bias", Init.zeros(), hidden),
                settings.learnedScales() == 0
                        ? null
                        : parameters.trainable("scaling", Init.constant(1f), settings.learnedScales()),
                settings);
    }

    /** Normal numbers that are drawn again beyond two standard deviations. */
    private static Init truncated() {
        return (start, values) -> {
            CounterRandom random = start.random();
            for (int i = 0; i < values.length; i++) {
                double value = random.gaussian(i);
                for (int again = 0; Math.abs(value) > 2; again++) {
                    value = random.with(i).gaussian(again);
                }
                values[i] = (float) (value * HOULSBY);
            }
        };
    }

    /** h [tokens, hidden] becomes what is added to the sub-layer's output, [tokens, hidden]. */
    Var apply(Context context, Var h) {
        Var low = h.linear(context.use(down), context.use(downBias)).activation(settings.nonLinearity());
        Var high = low.linear(context.use(up), context.use(upBias));
        if (learned == null) {
            high = settings.scaling() == 1 ? high : high.multiply(settings.scaling());
        } else if (settings.learnedScales() == 1) {
            long tokens = high.size(0);
            // the scale once a token, [tokens, 1]: a column is multiplied row by row
            high = high.multiply(context.use(learned).reshape(1, 1).gather(new int[(int) tokens]));
        } else {
            high = high.multiply(context.use(learned));
        }
        return context.dropout(high, settings.dropout());
    }
}
