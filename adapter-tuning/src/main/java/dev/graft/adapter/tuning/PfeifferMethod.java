package dev.graft.adapter.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Pfeiffer's adapters (Pfeiffer et al. 2020, arXiv 2005.00247, section 3 and figure 3): one bottleneck a layer, behind
 * the feed-forward sub-layer, which reads the frozen norm of the sum: y + bottleneck(LN(y + residual)). In pre-norm
 * models no norm follows and it reads the sum.
 *
 * <p>Keys and names are AdapterHub's (SeqBnConfig).
 */
public final class PfeifferMethod implements PeftMethod {
    @Override
    public String id() {
        return "pfeiffer";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        return BottleneckSettings.read(settings, model, new BottleneckSettings.Defaults(false, "relu", 16, 1, "bert"))
                .injection(BehindNorm::new);
    }

    @Override
    public boolean isAdapterHub(Map<String, ?> config) {
        return BottleneckSettings.areAdapterHubs(config)
                && !Boolean.TRUE.equals(config.get("is_parallel"))
                && Boolean.TRUE.equals(config.get("original_ln_before"));
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /** After the sub-layer: y, residual [tokens, hidden]. */
    private record BehindNorm(Bottleneck bottleneck) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return y.add(bottleneck.apply(context, context.norm(y.add(context.residual()))));
        }
    }
}
