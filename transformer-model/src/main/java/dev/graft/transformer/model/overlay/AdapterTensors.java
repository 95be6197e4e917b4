package dev.graft.transformer.model.overlay;

import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Storage;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Start;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * All tensors of an adapter by name. The trained ones lie one after another in a single buffer, so that optimizer,
 * reduction and checkpoint see one array.
 */
public final class AdapterTensors implements AutoCloseable {
    private final Map<String, AdapterParameter> parameters = new LinkedHashMap<>();
    private final Map<String, AdapterParameter> copies = new LinkedHashMap<>();
    private final List<Storage> storages = new ArrayList<>();
    private Storage trained;

    /** Declares a tensor; the same name and shape again gives the same one. */
    AdapterParameter declare(AdapterParameter parameter) {
        AdapterParameter known = parameters.get(parameter.name());
        if (known == null) {
            parameters.put(parameter.name(), parameter);
            return parameter;
        }
        if (!java.util.Arrays.equals(known.shape(), parameter.shape()) || known.kind() != parameter.kind()) {
            throw new IllegalArgumentException("tensor " + parameter + " was declared before as " + known);
        }
        return known;
    }

    /** Another name under which a file holds a tensor as well. */
    void copy(String name, AdapterParameter of) {
        if (parameters.get(of.name()) != of || parameters.containsKey(name)) {
            throw new IllegalArgumentException("tensor " + of + " cannot be stored as " + name + " as well");
        }
        copies.put(name, of);
    }

    /** Other names under which a file holds some of the {@link #stored} tensors as well. */
    public Map<String, AdapterParameter> copies() {
        return Collections.unmodifiableMap(copies);
    }

    /** True if every tensor that was declared up to now belongs to the whole adapter, and there is one. */
    boolean areShared() {
        return !parameters.isEmpty()
                && parameters.keySet().stream().noneMatch(name -> name.contains(Declarations.ROOT));
    }

    /**
     * Makes derived tensors ones of their own and forgets what they were computed from, as a stored adapter has only them.
     *
     * @param stored true for the names that count
     */
    void settle(Predicate<String> stored) {
        for (AdapterParameter parameter : List.copyOf(parameters.values())) {
            if (parameter.kind() == Kind.DERIVED && stored.test(parameter.name())) {
                parameter.derivation().inputs().forEach(input -> parameters.remove(input.name()));
                parameter.settle();
            }
        }
    }

    /** Takes the memory of every declared tensor. */
    void allocate() {
        long floats = trained().stream().mapToLong(AdapterTensors::padded).sum();
        trained = Storage.allocate(Math.max(16, floats));
        storages.add(trained);
        long offset = 0;
        for (AdapterParameter parameter : parameters.values()) {
            if (parameter.kind() == Kind.TRAINED) {
                parameter.allocate(Tensor.over(trained, offset, parameter.shape()));
                offset += padded(parameter);
            } else if (parameter.kind() != Kind.DERIVED) {
                allocateAlone(parameter);
            }
        }
        Tiles.fill(flat(), 0f);
    }

    private void allocateAlone(AdapterParameter parameter) {
        Storage storage = Storage.allocate(Math.max(16, parameter.length()));
        storages.add(storage);
        parameter.allocate(Tensor.over(storage, 0, parameter.shape()));
    }

    /** Every tensor starts on a cache line. */
    private static long padded(AdapterParameter parameter) {
        return (parameter.length() + 15) / 16 * 16;
    }

    /** Sets first values: each tensor's numbers depend on the seed and its name only. */
    void initialise(long seed, Function<Site, Start> looks) {
        initialise(seed, looks, parameter -> parameter.kind() != Kind.DERIVED);
    }

    /** The same, with given values for some tensors. */
    void initialise(long seed, Function<Site, Start> looks, Map<String, float[]> values) {
        initialise(seed, looks, parameter -> parameter.kind() != Kind.DERIVED && !values.containsKey(parameter.name()));
        values.forEach((name, given) -> {
            AdapterParameter parameter = parameters.get(name);
            if (parameter == null || parameter.length() != given.length) {
                throw new IllegalStateException("tensor " + name + " of " + given.length + " values became " + parameter
                        + " beside other tensors");
            }
            Tiles.write(given, parameter.tensor());
        });
    }

    private void initialise(long seed, Function<Site, Start> looks, Predicate<AdapterParameter> wanted) {
        for (AdapterParameter parameter : parameters.values()) {
            if (wanted.test(parameter)) {
                long own = parameter.seed() == null ? seed : parameter.seed();
                CounterRandom random = new CounterRandom(own).with(parameter.randomName());
                float[] values = new float[Math.toIntExact(parameter.length())];
                parameter.init().fill(new NamedStart(parameter, random, looks.apply(parameter.site())), values);
                Tiles.write(values, parameter.tensor());
            }
        }
    }

    /**
     * Sets stored values, and makes those again that are not stored.
     *
     * @throws IllegalArgumentException if a tensor is missing, unknown, of another shape, or not finite
     */
    void load(Map<String, float[]> values, Map<String, long[]> shapes, Function<Site, Start> looks) {
        initialise(0, looks, parameter -> parameter.kind() == Kind.RANDOM || parameter.kind() == Kind.STATE);
        for (String name : values.keySet()) {
            if (copies.containsKey(name)) {
                checkCopy(name, copies.get(name).name(), values);
            } else if (!parameters.containsKey(name)) {
                throw new IllegalArgumentException("tensor " + name + " is not part of this adapter; it has "
                        + String.join(", ", parameters.keySet()));
            }
        }
        for (AdapterParameter parameter : parameters.values()) {
            if (parameter.kind() != Kind.RANDOM && parameter.kind() != Kind.STATE) {
                float[] stored = values.get(parameter.name());
                check(parameter, stored, shapes.get(parameter.name()));
                Tiles.write(stored, parameter.tensor());
            }
        }
    }

    private static void checkCopy(String name, String of, Map<String, float[]> values) {
        if (values.containsKey(of) && !Arrays.equals(values.get(name), values.get(of))) {
            throw new IllegalArgumentException(
                    "tensor " + name + " differs from " + of + ", of which it is a copy in this base");
        }
    }

    private static void check(AdapterParameter parameter, float[] stored, long[] shape) {
        if (stored == null) {
            throw new IllegalArgumentException("tensor " + parameter.name() + " is missing");
        }
        if (!java.util.Arrays.equals(shape, parameter.shape())) {
            throw new IllegalArgumentException("tensor " + parameter.name() + " has shape " + Shapes.text(shape)
                    + "; this base and these settings need " + Shapes.text(parameter.shape()));
        }
        for (float value : stored) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("tensor " + parameter.name() + " holds " + value);
            }
        }
    }

    /** All tensors, in the order of their declaration. */
    public Collection<AdapterParameter> all() {
        return List.copyOf(parameters.values());
    }

    /** The tensors that an adapter's file holds: not what others are computed from, nor what is made again. */
    public List<AdapterParameter> stored() {
        Set<Parameter> inputs = new HashSet<>();
        parameters.values().stream()
                .filter(parameter -> parameter.kind() == Kind.DERIVED)
                .forEach(parameter -> inputs.addAll(parameter.derivation().inputs()));
        return parameters.values().stream()
                .filter(parameter -> parameter.kind() != Kind.RANDOM
                        && parameter.kind() != Kind.STATE
                        && !inputs.contains(parameter))
                .toList();
    }

    /** What the method remembers from step to step. */
    public List<AdapterParameter> states() {
        return parameters.values().stream()
                .filter(parameter -> parameter.kind() == Kind.STATE)
                .toList();
    }

    /** The trained tensors, in the order in which they lie in {@link #flat}. */
    public List<AdapterParameter> trained() {
        return parameters.values().stream()
                .filter(parameter -> parameter.kind() == Kind.TRAINED)
                .toList();
    }

    /** All trained tensors as one, [floats]; between two tensors may be a few zeros. */
    public Tensor flat() {
        return Tensor.over(trained, 0, trained.floats());
    }

    /** Where a trained tensor begins in {@link #flat}. */
    public long offset(AdapterParameter parameter) {
        return parameter.tensor().offset();
    }

    /** Number of trained elements. */
    public long trainedCount() {
        return trained().stream().mapToLong(AdapterParameter::length).sum();
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        storages.forEach(Storage::close);
        storages.clear();
    }

    /** What an initialiser may look at, for one tensor. */
    private record NamedStart(AdapterParameter parameter, CounterRandom random, Start look) implements Start {
        @Override
        public long[] shape() {
            return parameter.shape();
        }

        @Override
        public float[] embeddings(String text) {
            return look.embeddings(text);
        }

        @Override
        public float[] embeddings(int... tokens) {
            return look.embeddings(tokens);
        }

        @Override
        public float[] activations(String text) {
            return look.activations(text);
        }

        @Override
        public float[] activations(Site site, String text) {
            return look.activations(site, text);
        }
    }
}
