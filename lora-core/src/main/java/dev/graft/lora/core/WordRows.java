package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;
import java.util.Arrays;

/**
 * LoRA's update of a table of words, as Hugging Face PEFT has it: a token's row with s times its column of A, times B. A is
 * zero at the start, B normal; no dropout is applied.
 *
 * @param a lora_embedding_A, [r, vocabulary]
 * @param b lora_embedding_B, [width, r]
 * @param scale s
 */
record WordRows(Parameter a, Parameter b, double scale) implements Hook {
    static Hook declare(Site site, Parameters parameters, int rank, double scale) {
        int words = Math.toIntExact(site.weight().orElseThrow().shape()[0]);
        return new WordRows(
                parameters.trainable("lora_embedding_A", Init.zeros(), rank, words),
                parameters.trainable("lora_embedding_B", Init.normal(1), site.outputSize(), rank),
                scale);
    }

    @Override
    public Var after(Context context, Var x, Var y) {
        int[] ids = Arrays.copyOf(context.tokenIds(), Math.toIntExact(y.size(0)));
        Var columns = context.once(this, () -> context.use(a).transpose()); // [vocabulary, r]
        return y.addProduct(columns.gather(ids), context.use(b), scale);
    }
}
