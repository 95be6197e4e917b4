package dev.graft.peft.spi;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Which linear sites a method acts on, with the keys and the meaning of Hugging Face PEFT: {@code target_modules} (a
 * list of dotted suffixes, a regular expression over whole paths, or {@code all-linear}), {@code exclude_modules} and
 * {@code layers_to_transform}.
 */
public final class Targets {
    private static final Pattern PLAIN = Pattern.compile("[\\w.,\\- ]+");

    private final List<Site> sites;

    private Targets(List<Site> sites) {
        this.sites = sites;
    }

    /**
     * Reads the three keys and finds the sites.
     *
     * @param defaults suffixes if target_modules is not given
     * @throws SettingsException if an entry matches no site; the message lists the sites
     */
    public static Targets read(Settings settings, ModelShape model, List<String> defaults) {
        List<Site> linear =
                model.sites().stream().filter(site -> site.slot().isLinear()).toList();
        List<Predicate<Site>> wanted = entries(settings, "target_modules", defaults, linear);
        List<Predicate<Site>> excluded = entries(settings, "exclude_modules", List.of(), linear);
        List<Integer> layers = settings.integers("layers_to_transform", List.of());
        checkLayersPattern(settings, linear);
        for (int layer : layers) {
            if (layer >= model.layers()) {
                throw settings.wrong("layers_to_transform", layers, "layers from 0 to " + (model.layers() - 1));
            }
        }
        List<Site> found = linear.stream()
                .filter(site -> wanted.stream().anyMatch(entry -> entry.test(site)))
                // where a fused projection is wanted, its parts are not wanted as well
                .filter(site -> site.partOf().stream()
                        .noneMatch(whole -> wanted.stream().anyMatch(entry -> entry.test(whole))))
                .filter(site -> excluded.stream().noneMatch(entry -> entry.test(site)))
                .filter(site -> layers.isEmpty() || layers.contains(site.layer()))
                .toList();
        if (found.isEmpty()) {
            throw new SettingsException("target_modules less exclude_modules and layers_to_transform leaves no site; "
                    + "linear sites: " + paths(linear));
        }
        return new Targets(found);
    }

    /** PEFT's name of the module list that holds the layers: our sites know their layer, so it only has to fit. */
    private static void checkLayersPattern(Settings settings, List<Site> linear) {
        for (String pattern : settings.texts("layers_pattern", List.of())) {
            if (linear.stream().noneMatch(site -> site.path().contains("." + pattern + "." + site.layer() + "."))) {
                throw settings.wrong(
                        "layers_pattern", pattern, "the name in front of the layer's number in " + paths(linear));
            }
        }
    }

    private static List<Predicate<Site>> entries(
            Settings settings, String key, List<String> defaults, List<Site> linear) {
        Object value = settings.any(key, defaults);
        if (value instanceof String text && text.equals("all-linear") && key.equals("target_modules")) {
            return List.of(site -> site.slot() != Slot.HEAD);
        }
        if (value instanceof String text && !PLAIN.matcher(text).matches()) {
            return List.of(checked(key, text, expression(settings, key, text), linear));
        }
        return settings.texts(key, defaults).stream()
                .map(entry -> checked(key, entry, site -> isSuffix(entry, site.path()), linear))
                .toList();
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

    private static Predicate<Site> checked(String key, String entry, Predicate<Site> test, List<Site> linear) {
        if (linear.stream().noneMatch(test)) {
            throw new SettingsException(
                    "setting '" + key + "': '" + entry + "' matches no linear site; sites: " + paths(linear));
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

    /** The sites, in the order of the forward pass; at least one. */
    public List<Site> sites() {
        return sites;
    }

    /** True if the method acts on this site. */
    public boolean contains(Site site) {
        return sites.stream().anyMatch(target -> target.path().equals(site.path()) && target.slot() == site.slot());
    }
}
