package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Var;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.overlay.AdapterParameter.Derivation;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import java.util.List;
import java.util.function.Function;

/** What a method declares at a site, under the names that Hugging Face PEFT uses. */
record Declarations(AdapterTensors tensors, Site site, String part, String prefix, boolean trained, double rateScale)
        implements Parameters {
    static final String ROOT = "base_model.model.";

    static Declarations at(AdapterTensors tensors, Site site) {
        return below(tensors, site, ROOT);
    }

    /** Under another root. */
    static Declarations below(AdapterTensors tensors, Site site, String root) {
        return new Declarations(tensors, site, "", root + site.path() + ".", true, 1);
    }

    @Override
    public Parameter trainable(String name, Init init, Tuning tuning, long... shape) {
        return declare(name, trained ? Kind.TRAINED : Kind.FROZEN, init, tuning.times(rateScale), null, null, shape);
    }

    @Override
    public Parameter frozen(String name, Init init, long... shape) {
        return declare(name, Kind.FROZEN, init, Tuning.DEFAULT, null, null, shape);
    }

    @Override
    public Parameter frozenRandom(String name, Init init, long seed, long... shape) {
        return declare(name, Kind.RANDOM, init, Tuning.DEFAULT, seed, null, shape);
    }

    @Override
    public Parameter state(String name, long... shape) {
        return declare(name, Kind.STATE, Init.zeros(), Tuning.DEFAULT, null, null, shape);
    }

    @Override
    public Parameter derived(String name, List<Parameter> inputs, Function<Context, Var> value, long... shape) {
        Derivation derivation = new Derivation(List.copyOf(inputs), value, trained);
        return declare(name, Kind.DERIVED, null, Tuning.DEFAULT, null, derivation, shape);
    }

    @Override
    public void copy(String name, Parameter of) {
        tensors.copy(part + prefix + name, (AdapterParameter) of);
    }

    @Override
    public Parameters shared() {
        return new Declarations(tensors, site, part, "", trained, rateScale);
    }

    @Override
    public Parameters part(String name, boolean train, double scale) {
        return new Declarations(tensors, site, part + name + ".", prefix, trained && train, rateScale * scale);
    }

    private Parameter declare(
            String name, Kind kind, Init init, Tuning tuning, Long seed, Derivation value, long... shape) {
        return tensors.declare(new AdapterParameter(
                part + prefix + name, prefix + name, kind, shape, init, tuning, site, seed, value));
    }
}
