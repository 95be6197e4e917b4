package dev.graft.transformer.model.overlay;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which modules {@code modules_to_save} means, as Hugging Face PEFT reads it: those whose path ends with the letters of an
 * entry, with everything inside them.
 */
public final class SavedModules {
    private SavedModules() {}

    /** True if an entry means a module, or one around it. */
    public static boolean means(String entry, String path) {
        for (int end = path.length(); end > 0; end = path.lastIndexOf('.', end - 1)) {
            if (path.substring(0, end).endsWith(entry)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The sites of the modules.
     *
     * @param entries of the setting; those that mean the classifier may be among them
     * @param sites of the base
     * @param weights of the base
     * @param root in front of the names of weights, if the checkpoint has it not
     * @param passedOver paths of the classifier's modules
     * @throws SettingsException if an entry means nothing, or a module with weights that are at no site
     */
    public static List<ModelSite> sites(
            List<String> entries, List<Site> sites, List<FrozenWeight> weights, String root, List<String> passedOver) {
        Set<ModelSite> found = new LinkedHashSet<>();
        for (String entry : new LinkedHashSet<>(entries)) {
            List<ModelSite> own = sites.stream()
                    .filter(site -> holdsWeights(site) && means(entry, site.path()))
                    .map(ModelSite.class::cast)
                    .toList();
            if (own.isEmpty() && passedOver.stream().noneMatch(path -> means(entry, path))) {
                throw new SettingsException(
                        "setting 'modules_to_save': '" + entry + "' ends no module's path; modules: " + paths(sites));
            }
            requireAll(entry, own, sites, weights, root);
            found.addAll(own);
        }
        return new ArrayList<>(found);
    }

    private static boolean holdsWeights(Site site) {
        boolean whole = site.partOf().isEmpty();
        return whole && (site.slot().isLinear() || site.slot() == Slot.NORM || site.slot() == Slot.WORDS);
    }

    private static void requireAll(
            String entry, List<ModelSite> own, List<Site> sites, List<FrozenWeight> weights, String root) {
        Set<String> covered = own.stream().map(ModelSite::path).collect(Collectors.toSet());
        for (FrozenWeight weight : weights) {
            String module = weight.name().substring(0, weight.name().lastIndexOf('.'));
            String path = module.startsWith(root) ? module : root + module;
            if (means(entry, path) && !covered.contains(path) && !covered.contains(module) && !isTable(weight, sites)) {
                throw new SettingsException("setting 'modules_to_save': '" + entry + "' means '" + path
                        + "' too, which cannot be trained as a whole; allowed: " + paths(sites));
            }
        }
    }

    /** A table of words that several stacks read has the name of none of them. */
    private static boolean isTable(FrozenWeight weight, List<Site> sites) {
        return sites.stream()
                .anyMatch(site -> site.slot() == Slot.WORDS
                        && site.weight().orElseThrow().name().equals(weight.name()));
    }

    private static String paths(List<Site> sites) {
        return sites.stream().filter(SavedModules::holdsWeights).map(Site::path).collect(Collectors.joining(", "));
    }
}
