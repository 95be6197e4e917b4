package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.LowRankTerm;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.Site;
import java.util.List;

/**
 * LoRA's update at a site, y + s (x A) B; where A and B start as a part of W0 ({@link LoraStart}) that part is taken away,
 * y + s (x A B - x A0 B0).
 *
 * @param a A, [r, in]
 * @param b B, [out, r]
 * @param a0 A0, [r, in], or null
 * @param b0 B0, [out, r], or null
 * @param scale s
 * @param shift a bias behind B, [out], or null
 * @param dropout on the input of A, in training; what is taken away is no part of the training, and sees no dropout
 */
record LowRank(Parameter a, Parameter b, Parameter a0, Parameter b0, Parameter shift, double scale, double dropout)
        implements Hook {
    static LowRank declare(Site site, Parameters parameters, LoraSettings settings) {
        int rank = settings.rank(site);
        int in = site.inputSize();
        int out = site.outputSize();
        LoraStart start = LoraStart.of(settings.start(), rank, settings.scale(site), site);
        return new LowRank(
                settings.frozenA()
                        ? parameters.frozen("lora_A.weight", start.a(), rank, in)
                        : parameters.trainable("lora_A.weight", start.a(), rank, in),
                parameters.trainable("lora_B.weight", start.b(), new Tuning(settings.ratio(), true), out, rank),
                start.isDecomposition() ? parameters.frozenRandom("lora_A0", start.a(), 0, rank, in) : null,
                start.isDecomposition() ? parameters.frozenRandom("lora_B0", start.b(), 0, out, rank) : null,
                settings.upBias() ? parameters.trainable("lora_B.bias", Init.zeros(), out) : null,
                settings.scale(site),
                settings.dropout());
    }

    @Override
    public Var after(Context context, Var x, Var y) {
        return added(context, context.dropout(x, dropout).linear(context.use(a), null), x, y);
    }

    /**
     * y with the update: the difference of both products comes first, so that a new adapter changes no bit of y.
     *
     * @param low x A, [tokens, r]
     * @param x [tokens, in], which the part that is taken away reads
     * @param y [tokens, out]
     */
    Var added(Context context, Var low, Var x, Var y) {
        Var shifted = shift == null ? y : y.add(context.use(shift).multiply(scale));
        if (a0 == null) {
            return shifted.addProduct(low, context.use(b), scale);
        }
        Var taken = x.linear(context.use(a0), null).multiply(scale).linear(context.use(b0), null);
        return shifted.add(low.multiply(scale).linear(context.use(b), null).subtract(taken));
    }

    /** W0 + s A B, or less what is taken away, without its history: [out, in]. */
    Var added(Context context, Var weight) {
        Var up = context.use(b).detach();
        Var down = context.use(a).detach();
        if (a0 == null) {
            return weight.addProduct(up, down.transpose(), scale);
        }
        Var taken = context.use(b0).multiply(scale).matmul(context.use(a0));
        return weight.add(up.multiply(scale).matmul(down).subtract(taken));
    }

    @Override
    public List<LowRankTerm> lowRank() {
        if (shift != null) {
            return List.of(); // with its bias it is more than a product
        }
        LowRankTerm product = new LowRankTerm(a, b, scale);
        return a0 == null ? List.of(product) : List.of(product, new LowRankTerm(a0, b0, -scale));
    }
}
