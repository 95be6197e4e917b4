package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Parameter;
import java.util.HashMap;
import java.util.Map;

/**
 * Trained tokens at a table of words: y + trained - frozen at their rows, both [tokens, width]. Alone it is the trained row;
 * on top of another adapter it adds to what that one changed.
 */
final class TokenRows implements Hook {
    private final Map<Integer, Integer> places = new HashMap<>();
    private final Parameter trained;
    private final Parameter frozen;

    TokenRows(int[] tokens, Parameter trained, Parameter frozen) {
        for (int i = 0; i < tokens.length; i++) {
            places.put(tokens[i], i);
        }
        this.trained = trained;
        this.frozen = frozen;
    }

    @Override
    public Var after(Context context, Var x, Var y) {
        int[] ids = context.tokenIds();
        int[] chosen = new int[Math.toIntExact(y.size(0))];
        for (int i = 0; i < chosen.length; i++) {
            Integer own = i < ids.length ? places.get(ids[i]) : null;
            chosen[i] = own == null ? places.size() : own; // the row of zeros
        }
        int width = Math.toIntExact(y.size(1));
        Var change = context.use(trained).subtract(context.use(frozen)); // [tokens, width]
        return y.add(
                Var.concat(change, context.constant(new float[width], 1, width)).gather(chosen));
    }
}
