package dev.graft.adapter.tuning;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Houlsby's adapters (Houlsby et al. 2019, arXiv 1902.00751, section 2 and figure 2): y + bottleneck(y) behind both
 * sub-layers of each layer, in series with them and before the residual is added.
 *
 * <p>Keys and names are AdapterHub's (DoubleSeqBnConfig). {@code train_layer_norms} is ours: the paper trains the norms
 * as well, AdapterHub does not, and nor is it done by default here.
 */
public final class HoulsbyMethod implements PeftMethod {
    @Override
    public String id() {
        return "houlsby";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        Injection bottlenecks = BottleneckSettings.read(
                        settings, model, new BottleneckSettings.Defaults(true, "swish", 16, 1, "bert"))
                .injection(Behind::new);
        return settings.flag("train_layer_norms", false) ? new WithNorms(bottlenecks) : bottlenecks;
    }

    @Override
    public boolean isAdapterHub(Map<String, ?> config) {
        return BottleneckSettings.areAdapterHubs(config)
                && !Boolean.TRUE.equals(config.get("is_parallel"))
                && !Boolean.TRUE.equals(config.get("original_ln_before"));
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(1e-2);
    }

    /** After the sub-layer: y [tokens, hidden]. */
    private record Behind(Bottleneck bottleneck) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            return y.add(bottleneck.apply(context, y));
        }
    }

    /** Trains the norms of the layers too; each is stored whole. */
    private record WithNorms(Injection bottlenecks) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            if (site.slot() != Slot.NORM || site.layer() < 0) {
                return bottlenecks.attach(site, parameters);
            }
            FrozenTensor weight = site.weight().orElseThrow();
            FrozenTensor bias = site.bias().orElse(null);
            return new Norm(
                    parameters.trainable("weight", Init.copyOf(weight), weight.shape()),
                    weight,
                    bias == null ? null : parameters.trainable("bias", Init.copyOf(bias), bias.shape()),
                    bias);
        }

        @Override
        public boolean startsAsBase() {
            return bottlenecks.startsAsBase();
        }
    }

    /** y + (w - w0) n + (b - b0): n is normalised, [tokens, hidden]; all others [hidden]. */
    private record Norm(Parameter weight, FrozenTensor weight0, Parameter bias, FrozenTensor bias0) implements Hook {
        @Override
        public Var after(Context context, Var x, Var y) {
            Var scaled = y.add(x.multiply(context.use(weight).subtract(context.frozen(weight0))));
            return bias == null ? scaled : scaled.add(context.use(bias).subtract(context.frozen(bias0)));
        }
    }
}
