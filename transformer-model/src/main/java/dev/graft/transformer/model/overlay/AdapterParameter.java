package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Var;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import dev.graft.peft.spi.Context;
import dev.graft.peft.spi.Init;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Parameters.Tuning;
import dev.graft.peft.spi.Site;
import java.util.List;
import java.util.function.Function;

/** A declared tensor of an adapter and, once allocated, its memory. */
public final class AdapterParameter implements Parameter {
    /** What becomes of a tensor. */
    public enum Kind {
        /** Trained and stored. */
        TRAINED,
        /** Stored but not trained. */
        FROZEN,
        /** Made again from its seed, not stored. */
        RANDOM,
        /** Written by the method after each step; kept in a training checkpoint only. */
        STATE,
        /** Computed from trained tensors; its value is stored. */
        DERIVED
    }

    private final String name;
    private final String ownName;
    private Kind kind;
    private final long[] shape;
    private final Init init;
    private final Tuning tuning;
    private final Site site;
    private final Long seed;
    private final Derivation derivation;
    private Tensor tensor;

    /**
     * A tensor.
     *
     * @param name in the adapter's file
     * @param ownName the same without the name of the part that it belongs to
     */
    AdapterParameter(
            String name,
            String ownName,
            Kind kind,
            long[] shape,
            Init init,
            Tuning tuning,
            Site site,
            Long seed,
            Derivation derivation) {
        this.name = name;
        this.ownName = ownName;
        this.kind = kind;
        this.shape = shape.clone();
        this.init = init;
        this.tuning = tuning;
        this.site = site;
        this.seed = seed;
        this.derivation = derivation;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public long length() {
        return Shapes.size(shape);
    }

    /** What becomes of it. */
    public Kind kind() {
        return kind;
    }

    /** Its share of the learning rate, and whether it decays. */
    public Tuning tuning() {
        return tuning;
    }

    /** Its values: written by the optimizer of the run that owns the adapter, read by everybody else. */
    public Tensor tensor() {
        if (tensor == null) {
            throw new IllegalStateException("parameter " + name + " has no values yet");
        }
        return tensor;
    }

    boolean hasTensor() {
        return tensor != null;
    }

    void allocate(Tensor memory) {
        tensor = memory;
    }

    Init init() {
        return init;
    }

    Site site() {
        return site;
    }

    /** True if it was declared at this site, and not for the whole adapter. */
    public boolean isAt(Site there) {
        return there.equals(site) && ownName.startsWith(Declarations.ROOT);
    }

    /** What its random numbers depend on: with a seed of its own they are the same in a part as alone. */
    String randomName() {
        return seed == null ? name : ownName;
    }

    /** The seed of its own, or null: then the run's seed counts. */
    Long seed() {
        return seed;
    }

    Derivation derivation() {
        return derivation;
    }

    /** From now on the value of a derived tensor is a tensor of its own. */
    void settle() {
        kind = derivation.trained() ? Kind.TRAINED : Kind.FROZEN;
    }

    /**
     * How a tensor is computed from trained ones.
     *
     * @param inputs the trained ones
     * @param value computes it in a pass
     * @param trained false in a part that is kept as it is
     */
    record Derivation(List<Parameter> inputs, Function<Context, Var> value, boolean trained) {}

    @Override
    public String toString() {
        return name + Shapes.text(shape);
    }
}
