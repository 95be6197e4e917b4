package dev.graft.transformer.model.overlay;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Start;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.EnumMap;
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
    private final Map<Side, List<Site>> caches = new EnumMap<>(Side.class);
    private final Injection injection;
    private HeadParameters head = HeadParameters.NONE;

    /** Asks a method for its hooks at every site; null for a baseline that has none. */
    public Overlay(Injection injection, List<Site> sites) {
        this.injection = injection;
        if (injection != null) {
            for (Site site : sites) {
                Hook hook = injection.attach(site, Declarations.at(tensors, site));
                if (hook != Hook.NONE) {
                    hooks.put(site, hook);
                    if (site.slot() == Slot.CACHE) {
                        caches.computeIfAbsent(site.side(), side -> new ArrayList<>())
                                .add(site);
                    }
                }
            }
        }
    }

    /** Trains a copy of a weight of the base, as full fine-tuning does. */
    public void replace(FrozenWeight weight, String name) {
        AdapterParameter copy = new AdapterParameter(
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

    /** Adds a trained tensor of a classifier, saved with the adapter under this name. */
    public AdapterParameter head(String name, Init init, long... shape) {
        return tensors.declare(new AdapterParameter(
                Declarations.ROOT + name, Kind.TRAINED, shape, init, Tuning.DEFAULT, null, null, null));
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

    /** Takes memory and sets stored values. */
    public void load(Map<String, float[]> values, Map<String, long[]> shapes, Function<Site, Start> looks) {
        tensors.allocate();
        tensors.initialise(0, looks);
        tensors.load(values, shapes);
    }

    /** The hook at a site, or {@link Hook#NONE}. */
    public Hook hook(Site site) {
        return hooks.getOrDefault(site, Hook.NONE);
    }

    /** Sites of a stack whose hooks put rows in front of keys and values. */
    List<Site> caches(Side side) {
        return caches.getOrDefault(side, List.of());
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
