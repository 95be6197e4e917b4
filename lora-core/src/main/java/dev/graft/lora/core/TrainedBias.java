package dev.graft.lora.core;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.FrozenTensor;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;

/** A site's bias as a trained copy, which the setting {@code bias} of Hugging Face PEFT adds: y + (b - b0). */
record TrainedBias(Parameter trained, FrozenTensor frozen) implements Hook {
    /** At a site that the method acts on; at a site without a bias nothing is done. */
    static Hook adapted(Site site, Parameters parameters) {
        return declare(site, parameters, "base_layer.bias");
    }

    /** At any other site. */
    static Hook plain(Site site, Parameters parameters) {
        return declare(site, parameters, "bias");
    }

    private static Hook declare(Site site, Parameters parameters, String name) {
        return site.bias()
                .<Hook>map(frozen ->
                        new TrainedBias(parameters.trainable(name, Init.copyOf(frozen), frozen.shape()), frozen))
                .orElse(NONE);
    }

    @Override
    public Var after(Context context, Var x, Var y) {
        return y.add(context.use(trained).subtract(context.frozen(frozen)));
    }
}
