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
 * The parallel adapter (He et al. 2021, arXiv 2110.04366, table 1, last row): y + s bottleneck(residual), beside the
 * feed-forward sub-layer. The scale s is a number or learned.
 *
 * <p>Keys and names are AdapterHub's (ParBnConfig). As there, it reads what the sub-layer's output is added to: in
 * pre-norm models that is the value before the norm.
 */
public final class ParallelMethod implements PeftMethod {
    @Override
    public String id() {
        return "parallel";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        return BottleneckSettings.read(
                        settings, model, new BottleneckSettings.Defaults(false, "relu", 2, 4, "mam_adapter"))
                .injection(Beside::new);
    }

    @Override
    public boolean isAdapterHub(Map<String, ?> config) {
        return BottleneckSettings.areAdapterHubs(config)
                && Boolean.TRUE.equals(config.get("is_parallel"))
                && !Boolean.TRUE.equals(config.get("original_ln_before"));
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-3);
    }

    /** Beside the sub-layer: residual, y [tokens, hidden]. */
    private record Beside(Bottleneck bottleneck) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return y.add(bottleneck.apply(context, context.residual()));
        }
    }
}
