package dev.graft.lora.core;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;

/**
 * Which biases are trained beside low-rank updates: the setting {@code bias} of Hugging Face PEFT.
 *
 * @param adapted true for those of the sites where the method acts
 * @param others true for those of all other sites
 */
record Biases(boolean adapted, boolean others) {
    /** Reads it; only is PEFT's word for the biases of adapted sites, such as lora_only. */
    static Biases read(Settings settings, String only) {
        String word = settings.choice("bias", "none", "none", only, "all");
        return new Biases(!word.equals("none"), word.equals("all"));
    }

    /** The bias of a site where the method acts. */
    Hook at(Site site, Parameters parameters) {
        return adapted ? TrainedBias.adapted(site, parameters) : Hook.NONE;
    }

    /** The bias of another site. */
    Hook elsewhere(Site site, Parameters parameters) {
        return others ? TrainedBias.plain(site, parameters) : Hook.NONE;
    }
}
