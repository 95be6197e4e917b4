package dev.graft.lora.core;

import dev.graft.autograd.RowNorm;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.LowRankTerm;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;
import java.util.List;

/**
 * DoRA, weight-decomposed low-rank adaptation (Liu et al. 2024, arXiv 2402.09353, equation 5): the direction V = W0 + s A
 * B and the length m of every output feature are trained apart, y = x (m V / |V|) + b.
 *
 * <p>As in Hugging Face PEFT: |V| is taken as a constant in the gradient (section 4.3); the bias b stays out of the
 * scaling; with dropout the dropped x goes through W0 as well. m is stored as lora_magnitude_vector, [out]. Where A and B
 * start as a part of W0, V is W0 + s (A B - A0 B0).
 */
record Dora(LowRank product, Parameter magnitude, FrozenTensor weight, FrozenTensor bias) implements Hook {
    /** Declares m at a site: it starts as the norm of W0's rows. */
    static Dora declare(Site site, Parameters parameters, LowRank product) {
        FrozenTensor weight = site.weight().orElseThrow();
        Init norms = (start, values) ->
                System.arraycopy(RowNorm.of(weight.copy(), site.inputSize()), 0, values, 0, values.length);
        return new Dora(
                product,
                parameters.trainable("lora_magnitude_vector", norms, site.outputSize()),
                weight,
                site.bias().orElse(null));
    }

    /** sum + (m / |V| - 1) (sum - b), where sum = y + s (x A) B: a new adapter changes no bit of y. */
    @Override
    public Var after(Context context, Var x, Var y) {
        Var dropped = context.dropout(x, product.dropout());
        Var frozen = context.frozen(weight);
        Var norm = product.added(context, frozen).rowNorm().reshape(y.size(1)); // a norm for each of the out rows
        Var change = context.use(magnitude).subtract(norm).multiply(norm.reciprocal());
        Var low = dropped.linear(context.use(product.a()), null);
        Var sum = product.added(context, low, x, y);
        Var scaled;
        if (dropped == x) {
            scaled = bias == null ? sum : sum.add(context.frozen(bias).multiply(-1));
        } else {
            scaled = product.added(context, low, dropped, dropped.linear(frozen, null));
        }
        return sum.add(scaled.multiply(change));
    }

    /** Of the direction V; m is a tensor of its own. */
    @Override
    public List<LowRankTerm> lowRank() {
        return product.lowRank();
    }
}
