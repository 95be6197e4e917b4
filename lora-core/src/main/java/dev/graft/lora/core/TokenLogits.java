package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Parameter;
import java.util.Arrays;

/** Trained tokens at an output projection: y + x (trained - frozen) at their columns, both [tokens, hidden]. */
record TokenLogits(int[] tokens, Parameter trained, Parameter frozen, int vocabulary) implements Hook {
    @Override
    public Var after(Context context, Var x, Var y) {
        Var change = context.use(trained).subtract(context.use(frozen));
        if (tokens.length > x.size(1)) { // then a matrix of ones would be larger than all rows
            return y.add(x.linear(context.once(this, () -> everywhere(context, change)), null));
        }
        return y.addProduct(x.linear(change, null), context.once(this, () -> places(context)), 1);
    }

    /** The changes in the rows of a whole table, zeros elsewhere: [vocabulary, hidden]. */
    private Var everywhere(Context context, Var change) {
        int width = Math.toIntExact(change.size(1));
        int[] rows = new int[vocabulary];
        Arrays.fill(rows, tokens.length); // the row of zeros
        for (int i = 0; i < tokens.length; i++) {
            rows[tokens[i]] = i;
        }
        return Var.concat(change, context.constant(new float[width], 1, width)).gather(rows);
    }

    /** One in each token's row, [vocabulary, tokens]. */
    private Var places(Context context) {
        float[] ones = new float[vocabulary * tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            ones[tokens[i] * tokens.length + i] = 1;
        }
        return context.constant(ones, vocabulary, tokens.length);
    }
}
