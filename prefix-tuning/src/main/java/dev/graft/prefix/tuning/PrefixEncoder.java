package dev.graft.prefix.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import java.util.List;

/**
 * The MLP that makes a prefix in training (Li and Liang 2021, section 4.3): P = W2 tanh(W1 E + b1) + b2. Its tensors have
 * the names that Hugging Face PEFT has in training; a file holds P alone.
 *
 * @param rows E, [rows, width]
 * @param w1 W1, [inner, width]
 * @param b1 [inner]
 * @param w2 W2, [size, inner]
 * @param b2 [size]
 */
record PrefixEncoder(Parameter rows, Parameter w1, Parameter b1, Parameter w2, Parameter b2) {
    /**
     * Declares the tensors of an encoder, and the table that it makes, [rows, size].
     *
     * @param table name of the table
     * @param zero true if the table starts as zeros
     */
    static Parameter table(
            EncoderRate parameters, String table, int rows, int width, int inner, int size, boolean zero) {
        String name = table.replace("prompt_embeddings", "prompt_encoder") + ".";
        Init first = Init.uniform(1 / Math.sqrt(width)); // as torch starts its linear layers
        Init last = zero ? Init.zeros() : Init.uniform(1 / Math.sqrt(inner));
        PrefixEncoder encoder = new PrefixEncoder(
                parameters.trainable(name + "embedding.weight", Init.normal(1), rows, width),
                parameters.trainable(name + "transform.0.weight", first, inner, width),
                parameters.trainable(name + "transform.0.bias", first, inner),
                parameters.trainable(name + "transform.2.weight", last, size, inner),
                parameters.trainable(name + "transform.2.bias", last, size));
        return parameters.derived(table, encoder.inputs(), encoder::apply, rows, size);
    }

    private List<Parameter> inputs() {
        return List.of(rows, w1, b1, w2, b2);
    }

    /** [rows, size]. */
    private Var apply(Context context) {
        Var inside = context.use(rows).linear(context.use(w1), context.use(b1));
        return inside.tanh().linear(context.use(w2), context.use(b2));
    }
}
