package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Compute;
import dev.graft.autograd.Tape;
import dev.graft.autograd.Var;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Start;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An adapter's hooks and tensors, ready to be laid over the base. It has no state but its tensors' values, so any
 * number of passes can share it.
 */
public final class Overlay implements AutoCloseable {
    private final AdapterTensors tensors = new AdapterTensors();
    private final Map<Site, Hook> hooks = new HashMap<>();
    private final Map<FrozenWeight, AdapterParameter> replacements = new LinkedHashMap<>();
    private final Injection injection;
    private final boolean shared;
    private HeadParameters head = HeadParameters.NONE;

    /** Asks a method for its hooks at every site; null for a baseline that has none. */
    public Overlay(Injection injection, List<Site> sites) {
        this.injection = injection;
        if (injection != null) {
            for (Site site : sites) {
                Hook hook = injection.attach(site, Declarations.at(tensors, site));
                if (hook != Hook.NONE) {
                    hooks.put(site, hook);
                }
            }
        }
        shared = tensors.areShared();
    }

    /** Trains and stores modules whole, in place of what the method does there. */
    public void save(List<ModelSite> modules) {
        for (ModelSite site : modules) {
            if (hooks.containsKey(site)) {
                throw new SettingsException("setting 'modules_to_save': the method acts at " + site.path()
                        + " too; allowed: one of the two, with exclude_modules for instance");
            }
            hooks.put(site, SavedModule.declare(site, Declarations.below(tensors, site, root())));
        }
    }

    /**
     * Replaces a table of words, or the output projection, by one that a file holds, below what the method does there.
     *
     * @param name of the tensor below the site's path
     */
    public void store(ModelSite site, String name) {
        Hook table = SavedModule.stored(site, Declarations.below(tensors, site, root()), name);
        Hook above = hooks.get(site);
        hooks.put(site, above == null ? table : new Replaced(table, above));
    }

    /** What a method does at a module that has other weights. */
    private record Replaced(Hook table, Hook above) implements Hook {
        @Override
        public Var before(Context context, Var x) {
            return above.before(context, x);
        }

        @Override
        public Var after(Context context, Var x, Var y) {
            return above.after(context, x, table.after(context, x, y));
        }
    }

    private String root() {
        return shared ? "base_model." : Declarations.ROOT;
    }

    /** Trains a copy of a weight of the base, as full fine-tuning does. */
    public void replace(FrozenWeight weight, String name) {
        AdapterParameter copy = new AdapterParameter(
                Declarations.ROOT + name,
                Declarations.ROOT + name,
                Kind.TRAINED,
                weight.shape(),
                Init.copyOf(weight),
                Tuning.DEFAULT,
                null,
                null,
                null);
        replacements.put(weight, tensors.declare(copy));
    }

    /**
     * Adds a trained tensor of a classifier, saved with the adapter under this name. PEFT puts a model with adapted
     * modules into another one, and leaves a model with a prompt as it is: the name shows it.
     */
    public AdapterParameter head(String name, Init init, long... shape) {
        return tensors.declare(new AdapterParameter(
                root() + name, root() + name, Kind.TRAINED, shape, init, Tuning.DEFAULT, null, null, null));
    }

    /** The tensors of its classifier, each declared by {@link #head(String, Init, long...)}. */
    public void classifier(HeadParameters parameters) {
        head = parameters;
    }

    /** Takes memory and sets first values from a seed. */
    public void initialise(long seed, Function<Site, Start> looks) {
        tensors.allocate();
        tensors.initialise(seed, looks);
    }

    /**
     * Takes memory, sets first values from a seed, and then those that are given.
     *
     * @param values of some of the tensors, by name
     */
    public void initialise(long seed, Function<Site, Start> looks, Map<String, float[]> values) {
        tensors.settle(values.keySet()::contains);
        tensors.allocate();
        tensors.initialise(seed, looks, values);
    }

    /** Takes memory and sets stored values. */
    public void load(Map<String, float[]> values, Map<String, long[]> shapes, Function<Site, Start> looks) {
        tensors.settle(name -> true);
        tensors.allocate();
        tensors.load(values, shapes, looks);
    }

    /**
     * Positions that hooks take in front of every text: it begins behind them.
     *
     * @param side of the stack that reads the text; null for the only one
     */
    public int positions(Side side) {
        return positions(side, Slot.EMBEDDING) + positions(side, Slot.CACHE);
    }

    /** Positions that hooks at a slot take; of those in several layers, which stand side by side, the most. */
    int positions(Side side, Slot slot) {
        return hooks.entrySet().stream()
                .filter(hook -> hook.getKey().slot() == slot)
                .filter(hook -> side == null
                        ? hook.getKey().side() != Side.CROSS
                        : hook.getKey().side() == side)
                .mapToInt(hook -> hook.getValue().positions())
                .max()
                .orElse(0);
    }

    /** The value of a tensor of this adapter; a derived one is computed. */
    public float[] value(AdapterParameter parameter) {
        if (parameter.kind() != AdapterParameter.Kind.DERIVED) {
            return parameter.tensor().toArray();
        }
        try (Compute compute = Compute.open(MathMode.FP32, 1);
                Tape tape = new Tape(compute, false)) {
            RouteContext context = new RouteContext(tape, Training.NONE);
            return tape.value(context.use(parameter)).toArray();
        }
    }

    /** The hook at a site, or {@link Hook#NONE}. */
    public Hook hook(Site site) {
        return hooks.getOrDefault(site, Hook.NONE);
    }

    /** The trained copy of a weight, or null. */
    public AdapterParameter replacement(FrozenWeight weight) {
        return replacements.get(weight);
    }

    /** Its classifier, or {@link HeadParameters#NONE}. */
    public HeadParameters head() {
        return head;
    }

    /** The configured method, or null for a baseline. */
    public Injection injection() {
        return injection;
    }

    /** Its tensors. */
    public AdapterTensors tensors() {
        return tensors;
    }

    /** The sites that have a hook. */
    public java.util.Set<Site> hookedSites() {
        return java.util.Set.copyOf(hooks.keySet());
    }

    /** True if it changes the base's weights themselves, which only full fine-tuning does, on copies. */
    public boolean replacesWeights() {
        return !replacements.isEmpty();
    }

    @Override
    public void close() {
        tensors.close();
    }
}
