package dev.graft.prefix.tuning;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.PeftMethod;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import java.util.OptionalDouble;

/**
 * P-tuning v2 (Liu et al. 2022, arXiv 2110.07602, section 3): deep prompts, rows of keys and values in front of every
 * layer, trained directly without an encoder, with a task head instead of a verbalizer.
 *
 * <p>Its settings and tensors are those of PEFT's PREFIX_TUNING without a projection; a file of it becomes one of
 * PEFT's by that {@code peft_type}.
 */
public final class PTuningV2Method implements PeftMethod {
    @Override
    public String id() {
        return "p-tuning-v2";
    }

    @Override
    public Injection configure(Settings settings, ModelShape model) {
        DeepRows deep = DeepRows.read(settings, model, 20);
        double deviation = settings.number("init_std", 1, 0, 100);
        return new Prompts(deep, Init.normal(deviation));
    }

    @Override
    public OptionalDouble learningRate() {
        return OptionalDouble.of(3e-2);
    }

    private record Prompts(DeepRows deep, Init start) implements Injection {
        @Override
        public Hook attach(Site site, Parameters parameters) {
            if (!deep.caches().contains(site) || !deep.sides().contains(site.side())) {
                return Hook.NONE;
            }
            int size = deep.rowSize(site.side());
            return deep.hook(site, parameters.shared().trainable(deep.table(site.side()), start, deep.rows(), size));
        }

        @Override
        public boolean startsAsBase() {
            return false;
        }
    }
}
