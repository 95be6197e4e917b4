package dev.graft.prefix.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.Settings;
import java.util.List;
import java.util.function.Function;

/**
 * Declares the tensors of an encoder that makes rows, with a learning rate of their own: its layers are as sensitive as a
 * network's weights, while the classifier beside it wants a rate that would ruin them.
 *
 * @param parameters where they are declared
 * @param tuning of all of them
 */
record EncoderRate(Parameters parameters, Tuning tuning) {
    /** Reads {@code encoder_lr_ratio}, the factor on the learning rate of the encoder. */
    static Tuning read(Settings settings) {
        double ratio = settings.number("encoder_lr_ratio", 0.03, Double.MIN_VALUE, Double.MAX_VALUE);
        settings.beyondPeft("encoder_lr_ratio");
        return new Tuning(ratio, true);
    }

    Parameter trainable(String name, Init init, long... shape) {
        return parameters.trainable(name, init, tuning, shape);
    }

    Parameter derived(String name, List<Parameter> inputs, Function<Context, Var> value, long... shape) {
        return parameters.derived(name, inputs, value, shape);
    }
}
