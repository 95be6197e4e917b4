package dev.graft.peft.spi;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The methods that are installed, by id: the one place that discovers. Immutable: any thread may use it. */
public final class PeftMethods {
    private static final Pattern ID = Pattern.compile("[a-z0-9-]+");
    private static final Set<String> TAKEN = Set.of("head", "full", "base");

    private final Map<String, PeftMethod> methods = new TreeMap<>();
    private final Map<String, PeftMethod> types = new TreeMap<>();

    /**
     * Checks and keeps methods, with their presets.
     *
     * @param found in any order
     * @throws IllegalStateException if an id is malformed, taken, or provided twice; the message names the classes
     */
    public PeftMethods(Collection<? extends PeftMethod> found) {
        for (PeftMethod method : found) {
            add(method);
            PeftMethod other = types.putIfAbsent(method.peftType(), method);
            if (other != null) {
                throw new IllegalStateException("peft_type " + method.peftType() + " is claimed twice: by "
                        + origin(other) + " and by " + origin(method));
            }
            new TreeMap<>(method.presets()).forEach((name, fixed) -> add(new Preset(name, method, fixed)));
        }
    }

    private void add(PeftMethod method) {
        String id = method.id();
        if (id == null || !ID.matcher(id).matches()) {
            throw new IllegalStateException("method id '" + id + "' of " + origin(method)
                    + " is not allowed; ids have lower-case letters, digits and hyphens");
        }
        if (TAKEN.contains(id)) {
            throw new IllegalStateException(
                    "method id '" + id + "' of " + origin(method) + " is taken by the framework");
        }
        PeftMethod other = methods.putIfAbsent(id, method);
        if (other != null) {
            throw new IllegalStateException(
                    "method id '" + id + "' is provided twice: by " + origin(other) + " and by " + origin(method));
        }
    }

    /**
     * Finds the methods of all modules of a layer and its parents, and of the class path.
     *
     * @param layer such as {@link ModuleLayer#boot()}
     * @throws IllegalStateException if an id is malformed, taken, or provided twice
     * @throws java.util.ServiceConfigurationError if a provider cannot be loaded
     */
    public static PeftMethods discover(ModuleLayer layer) {
        ClassLoader classPath = PeftMethods.class.getClassLoader();
        return new PeftMethods(Stream.concat(
                        ServiceLoader.load(layer, PeftMethod.class).stream(),
                        ServiceLoader.load(PeftMethod.class, classPath).stream()
                                .filter(found -> !found.type().getModule().isNamed()))
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    private static PeftMethod provided(PeftMethod shown) {
        return shown instanceof Preset preset ? preset.method() : shown;
    }

    private static String origin(PeftMethod shown) {
        PeftMethod method = provided(shown);
        Module module = method.getClass().getModule();
        return method.getClass().getName() + (module.isNamed() ? " in module " + module.getName() : "");
    }

    /**
     * The method of this id, or of several ids with a plus between them: all of these at once.
     *
     * @param id such as {@code lora}, {@code dora} or {@code prefix+parallel}
     * @throws SettingsException if one of them is unknown; it lists the known ids
     */
    public PeftMethod get(String id) {
        List<String> parts = Composition.split(id);
        if (parts.size() > 1) {
            return Composition.of(parts.stream().map(this::get).toList());
        }
        PeftMethod method = methods.get(id);
        if (method == null) {
            throw new SettingsException("method '" + id + "' is unknown; known: " + String.join(", ", ids())
                    + ", and the baselines head and full; jars with further ones are added with --plugins");
        }
        return method;
    }

    /**
     * The parts of an id with a plus in it, in order; empty for one method alone and for a baseline.
     *
     * @throws SettingsException if one of them is unknown
     */
    public List<MethodPart> parts(String id) {
        if (!id.contains("+") || !(get(id) instanceof Composition all)) {
            return List.of();
        }
        return IntStream.range(0, all.names().size())
                .mapToObj(i -> new MethodPart(
                        all.names().get(i), Composition.name(all.methods().get(i))))
                .toList();
    }

    /**
     * A method on top of an adapter that stays as it is.
     *
     * @param below id of the adapter's method
     * @param stored the adapter's settings
     * @param above id of the new method
     * @param given its settings, as if it were alone
     * @throws SettingsException if an id is unknown
     */
    public Stacked stack(String below, Map<String, ?> stored, String above, Map<String, ?> given) {
        return Stacked.of(this, below, stored, above, given);
    }

    /**
     * The id of the method whose files have this {@code peft_type}; empty if there is none.
     *
     * @param peftType such as {@code LORA}, or several with a plus between them
     */
    public Optional<String> idOfType(String peftType) {
        List<String> parts = Composition.split(peftType);
        return parts.stream().allMatch(types::containsKey)
                ? Optional.of(parts.stream().map(type -> types.get(type).id()).collect(Collectors.joining("+")))
                : Optional.empty();
    }

    /**
     * The id of the method that AdapterHub's library means by a configuration; empty if there is none.
     *
     * @param config keys and values of AdapterHub's BnConfig
     */
    public Optional<String> idOfAdapterHub(Map<String, ?> config) {
        return types.values().stream()
                .filter(method -> method.isAdapterHub(config))
                .map(PeftMethod::id)
                .findFirst();
    }

    /** The ids of the methods that can hold low-rank updates, sorted. */
    public List<String> withLowRankForm() {
        return methods.values().stream()
                .filter(method -> method.lowRankForm().isPresent())
                .map(PeftMethod::id)
                .toList();
    }

    /**
     * The module that provides a method; of a preset that of its method. Unnamed for one of the class path.
     *
     * @param id of one method
     * @throws SettingsException if it is unknown
     */
    public Module module(String id) {
        return provided(get(id)).getClass().getModule();
    }

    /** All ids and names of presets, sorted. */
    public List<String> ids() {
        return List.copyOf(methods.keySet());
    }
}
