package dev.graft.lora.core;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;
import java.util.List;

/**
 * VeRA's random matrices, frozen and shared by all sites: A [r, largest in] and B [largest out, r], of which a smaller site
 * uses the first columns and rows.
 */
record SharedProjections(Parameter a, Parameter b) {
    /**
     * Declares them, or finds them where another site did.
     *
     * @param shared declarations for the whole adapter
     * @param key of the random numbers
     * @param sites all that use them
     */
    static SharedProjections declare(Parameters shared, int key, int rank, List<Site> sites) {
        int in = sites.stream().mapToInt(Site::inputSize).max().orElseThrow();
        int out = sites.stream().mapToInt(Site::outputSize).max().orElseThrow();
        return new SharedProjections(
                shared.frozen("base_model.vera_A", kaiming(key, "A", in), rank, in),
                shared.frozen("base_model.vera_B", kaiming(key, "B", rank), out, rank));
    }

    /** Kaiming's uniform for ReLU: between -sqrt(6 / fan) and sqrt(6 / fan), the same for all adapters of a key. */
    private static Init kaiming(int key, String name, int fan) {
        double bound = Math.sqrt(6.0 / fan);
        return (start, values) -> {
            CounterRandom random = new CounterRandom(key).with("vera").with(name);
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.uniform(i) - 1) * bound);
            }
        };
    }

    /** A for inputs of a size: [r, in]. */
    Var down(Context context, int in) {
        Var whole = context.use(a);
        return whole.size(1) == in
                ? whole
                : context.once(List.of(a, in), () -> context.use(a).columns(0, in));
    }

    /** B for outputs of a size: [out, r]. */
    Var up(Context context, int out) {
        return context.use(b).rows(0, out);
    }
}
