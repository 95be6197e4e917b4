package dev.graft.peft.spi;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Which sites a method acts on, with the keys and the meaning of Hugging Face PEFT: {@code target_modules} (a list of
 * dotted suffixes, a regular expression over whole paths, or {@code all-linear}), {@code exclude_modules} and, for
 * most methods, {@code layers_to_transform}. Immutable: it may be kept and used by any thread.
 */
public final class Targets {
    private static final Pattern PLAIN = Pattern.compile("[\\w.,\\- ]+");

    private final List<Site> sites;

    private Targets(List<Site> sites) {
        this.sites = sites;
    }

    /**
     * Reads the keys and finds the linear sites; called in {@link PeftMethod#configure}.
     *
     * @param settings that may have the keys
     * @param model whose linear sites are looked at
     * @param defaults suffixes if target_modules is not given
     * @throws SettingsException if an entry matches no site; the message lists the sites
     */
    public static Targets read(Settings settings, ModelShape model, List<String> defaults) {
        return read(settings, model, defaults, Set.of());
    }

    /**
     * The same for methods that act at sites of other slots as well.
     *
     * @param others their slots; {@code all-linear} does not mean them
     */
    public static Targets read(Settings settings, ModelShape model, List<String> defaults, Set<Slot> others) {
        List<Site> linear = model.sites().stream()
                .filter(site -> site.slot().isLinear() || others.contains(site.slot()))
                .toList();
        Targets everywhere = among(settings, linear, defaults, model.headModules());
        List<Integer> layers = settings.integers("layers_to_transform", List.of());
        checkLayersPattern(settings, linear);
        if (layers.isEmpty()) {
            settings.record("layers_to_transform", null); // PEFT takes an empty list for a choice of layers
        }
        for (int layer : layers) {
            if (layer >= model.layers()) {
                throw settings.wrong("layers_to_transform", layers, "layers from 0 to " + (model.layers() - 1));
            }
        }
        return new Targets(found(
                everywhere.sites.stream()
                        .filter(site -> layers.isEmpty() || layers.contains(site.layer()))
                        .toList(),
                "target_modules less exclude_modules and layers_to_transform",
                linear));
    }

    /**
     * Reads target_modules and exclude_modules and finds the sites; called in {@link PeftMethod#configure}.
     *
     * @param settings that may have the keys
     * @param allowed the sites that the method could act on
     * @param defaults suffixes if target_modules is not given
     * @throws SettingsException if an entry matches no site; the message lists the allowed sites
     */
    public static Targets among(Settings settings, List<Site> allowed, List<String> defaults) {
        return among(settings, allowed, defaults, List.of());
    }

    /**
     * The same where some modules may be named without effect: a head's own, which PEFT lists for {@code all-linear} and
     * then leaves out, since a head is trained whole.
     *
     * @param passedOver whole paths, as {@link ModelShape#headModules} has them; the end of one, to which PEFT shortens
     *     them, is passed over too where no site has it
     */
    public static Targets among(Settings settings, List<Site> allowed, List<String> defaults, List<String> passedOver) {
        List<Predicate<Site>> wanted = entries(settings, "target_modules", defaults, allowed, passedOver);
        List<Predicate<Site>> excluded = settings.has("exclude_modules")
                ? entries(settings, "exclude_modules", List.of(), allowed, passedOver)
                : List.of();
        settings.known("exclude_modules");
        return new Targets(found(
                allowed.stream()
                        .filter(site -> wanted.stream().anyMatch(entry -> entry.test(site)))
                        // where a fused projection is wanted, its parts are not wanted as well
                        .filter(site -> site.partOf().stream()
                                .noneMatch(whole -> wanted.stream().anyMatch(entry -> entry.test(whole))))
                        .filter(site -> excluded.stream().noneMatch(entry -> entry.test(site)))
                        .toList(),
                "target_modules less exclude_modules",
                allowed));
    }

    private static List<Site> found(List<Site> found, String what, List<Site> allowed) {
        if (found.isEmpty()) {
            throw new SettingsException(what + " leaves no site; sites: " + paths(allowed));
        }
        return found;
    }

    /**
     * Some of the targets, as PEFT chooses them in a few keys: a regular expression over whole paths, or a list of
     * which an entry fits every path that ends with its letters.
     *
     * @param settings that may have the key
     * @param key such as IA3's {@code feedforward_modules}
     * @param defaults entries if the key is not given; those that fit nothing are left out
     * @throws SettingsException if an entry fits no target; the message lists the targets
     */
    public List<Site> endings(Settings settings, String key, List<String> defaults) {
        List<String> fitting = defaults.stream()
                .filter(entry -> sites.stream().anyMatch(site -> site.path().endsWith(entry)))
                .toList();
        Object value = settings.any(key, fitting);
        List<Predicate<Site>> wanted = value instanceof String text
                        && !PLAIN.matcher(text).matches()
                ? List.of(checked(key, text, expression(settings, key, text), sites))
                : settings.texts(key, fitting).stream()
                        .map(entry -> checked(key, entry, site -> site.path().endsWith(entry), sites))
                        .toList();
        return sites.stream()
                .filter(site -> wanted.stream().anyMatch(entry -> entry.test(site)))
                .toList();
    }

    /**
     * Suffixes of the sites of some slots, as target_modules could have them: in BERT {@code query} for {@link
     * Slot#QUERY}, in GPT-2 {@code c_attn}, the whole that it is a part of, since PEFT knows no parts. A suffix grows
     * until it fits these slots alone, but never over a layer's number, so that it may fit a few more.
     *
     * @return for the defaults of {@link #read}; empty if the model has no such site
     */
    public static List<String> suffixes(ModelShape model, Slot... slots) {
        List<Site> sites = model.sites().stream()
                .filter(site -> List.of(slots).contains(site.slot()))
                .map(site -> site.partOf().orElse(site))
                .toList();
        Set<Slot> wanted = sites.stream().map(Site::slot).collect(Collectors.toSet());
        return sites.stream()
                .map(site -> suffix(model, wanted, site.path()))
                .distinct()
                .toList();
    }

    private static String suffix(ModelShape model, Set<Slot> wanted, String path) {
        int dot = path.lastIndexOf('.');
        while (dot > 0) {
            String suffix = path.substring(dot + 1);
            int next = path.lastIndexOf('.', dot - 1);
            boolean alone = model.sites().stream()
                    .filter(site -> site.slot().isLinear() && isSuffix(suffix, site.path()))
                    .allMatch(site -> wanted.contains(site.slot()));
            if (alone || path.substring(next + 1, dot).chars().allMatch(Character::isDigit)) {
                return suffix;
            }
            dot = next;
        }
        return path;
    }

    /** PEFT's name of the module list that holds the layers: our sites know their layer, so it only has to fit. */
    private static void checkLayersPattern(Settings settings, List<Site> allowed) {
        List<String> patterns = settings.texts("layers_pattern", List.of());
        if (patterns.isEmpty()) {
            settings.record("layers_pattern", null);
        }
        for (String pattern : patterns) {
            if (allowed.stream().noneMatch(site -> site.path().contains("." + pattern + "." + site.layer() + "."))) {
                throw settings.wrong(
                        "layers_pattern", pattern, "the name in front of the layer's number in " + paths(allowed));
            }
        }
    }

    private static List<Predicate<Site>> entries(
            Settings settings, String key, List<String> defaults, List<Site> allowed, List<String> passedOver) {
        Object value = settings.any(key, defaults);
        if (value instanceof String text && text.equals("all-linear") && key.equals("target_modules")) {
            return List.of(site -> site.slot().isLinear() && site.slot() != Slot.HEAD);
        }
        if (value instanceof String text && !PLAIN.matcher(text).matches()) {
            return List.of(checked(key, text, expression(settings, key, text), allowed));
        }
        return settings.texts(key, defaults).stream()
                .filter(entry -> !isPassedOver(entry, allowed, passedOver))
                .map(entry -> checked(key, entry, site -> isSuffix(entry, site.path()), allowed))
                .toList();
    }

    /** True for a module of a head alone: a whole path with a dot, or the end of one, as PEFT shortens all-linear. */
    private static boolean isPassedOver(String entry, List<Site> allowed, List<String> passedOver) {
        return passedOver.stream()
                        .anyMatch(path -> path.equals(entry) && entry.contains(".") || path.endsWith("." + entry))
                && allowed.stream().noneMatch(site -> isSuffix(entry, site.path()));
    }

    private static Predicate<Site> expression(Settings settings, String key, String text) {
        try {
            Pattern pattern = Pattern.compile(text);
            return site -> pattern.matcher(site.path()).matches();
        } catch (PatternSyntaxException e) {
            throw settings.wrong(
                    key,
                    text,
                    "a list of module names, all-linear, or a regular expression (" + e.getDescription()
                            + " near index " + e.getIndex() + ")");
        }
    }

    private static Predicate<Site> checked(String key, String entry, Predicate<Site> test, List<Site> allowed) {
        if (allowed.stream().noneMatch(test)) {
            throw new SettingsException(
                    "setting '" + key + "': '" + entry + "' matches no site; sites: " + paths(allowed));
        }
        return test;
    }

    /** True if the path is the entry or ends with it after a dot. */
    static boolean isSuffix(String entry, String path) {
        return path.equals(entry) || path.endsWith("." + entry);
    }

    private static String paths(List<Site> sites) {
        return sites.stream().map(Site::path).collect(Collectors.joining(", "));
    }

    /**
     * Records PEFT's {@code fan_in_fan_out}: whether the base's file holds weights of these sites as [input, output]. The
     * base decides it, so that a value that was given has no effect, as in PEFT.
     */
    public void recordLayout(Settings settings) {
        settings.flag("fan_in_fan_out", false);
        settings.record("fan_in_fan_out", sites.stream().anyMatch(Site::isTransposed));
    }

    /** The sites, in the order of the forward pass; at least one. */
    public List<Site> sites() {
        return sites;
    }

    /** True if this is one of the {@link #sites}; asked in {@link Injection#attach}. */
    public boolean contains(Site site) {
        return sites.stream().anyMatch(target -> target.path().equals(site.path()) && target.slot() == site.slot());
    }
}
