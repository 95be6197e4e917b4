package dev.graft.transformer.model;

import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.transformer.model.architecture.HeadPlan;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.overlay.SavedModules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Modules that an adapter trains and stores whole beside what its method does: the setting {@code modules_to_save} of
 * Hugging Face PEFT, and tables of words that PEFT stores of its own accord.
 */
final class WholeModules {
    static final String KEY = "modules_to_save";

    /** PEFT adds both to every classifier's list. */
    private static final Set<String> ALWAYS = Set.of("classifier", "score");

    private final BaseModel base;

    WholeModules(BaseModel base) {
        this.base = base;
    }

    /** Reads the setting, and declares what it means. */
    void declare(Settings settings, Overlay overlay) {
        settings.known(KEY);
        if (!settings.has(KEY)) {
            return;
        }
        List<String> entries = settings.texts(KEY, List.of());
        List<String> head = new ArrayList<>(base.shape().headModules());
        head.add(base.transformer().head().plan().module());
        overlay.save(SavedModules.sites(
                entries,
                base.shape().sites(),
                base.transformer().weights(),
                base.config().plan().root(),
                head));
    }

    /** Refuses what a stack of methods cannot hold: it has the tensors of methods, and no modules beside them. */
    static void refuseStacked(Map<String, ?> settings, String whose) {
        if (settings.get(KEY) instanceof List<?> modules && !modules.isEmpty()) {
            throw new SettingsException("setting '" + KEY + "' of " + whose + " is " + modules
                    + "; allowed where one adapter is trained on another: none. Merge the one below into the base "
                    + "(graft merge) and train on that");
        }
    }

    /** The settings of a combination, with the modules that any of its parts stores whole. */
    static Map<String, Object> together(Map<String, Object> combined, List<Map<String, Object>> parts) {
        Set<Object> modules = new LinkedHashSet<>();
        for (Map<String, Object> part : parts) {
            if (part.get(KEY) instanceof List<?> own) {
                modules.addAll(own);
            }
        }
        if (modules.isEmpty()) {
            return combined;
        }
        Map<String, Object> all = new LinkedHashMap<>(combined);
        all.put(KEY, List.copyOf(modules));
        return all;
    }

    /** The settings of a stored adapter: with the modules that are not the classifier's. */
    Map<String, Object> settings(AdapterRecord record) {
        Map<String, Object> settings = new LinkedHashMap<>(record.settings());
        List<String> others = record.peft().modulesToSave().stream()
                .filter(entry -> !ALWAYS.contains(entry) && !isHead(entry))
                .toList();
        if (!others.isEmpty()) {
            settings.put(KEY, others);
        }
        return settings;
    }

    private boolean isHead(String entry) {
        HeadPlan plan = base.transformer().head().plan();
        boolean elsewhere = base.shape().sites().stream().anyMatch(site -> SavedModules.means(entry, site.path()));
        return !elsewhere
                && (SavedModules.means(entry, plan.module())
                        || base.shape().headModules().stream().anyMatch(path -> SavedModules.means(entry, path)));
    }

    /**
     * Of a file's tensors those that belong to the adapter. PEFT stores the table of words and the output projection too
     * where a method acts on one of them, or where it was asked to: they count if they are not the base's.
     */
    Map<String, AdapterTensor> withoutCopies(Map<String, AdapterTensor> tensors, Overlay overlay) {
        Map<String, AdapterTensor> kept = new LinkedHashMap<>(tensors);
        overlay.tensors().all().forEach(parameter -> kept.remove(parameter.name()));
        for (String name : kept.keySet()) {
            copied(name, tensors.get(name), overlay);
        }
        Map<String, AdapterTensor> own = new LinkedHashMap<>(tensors);
        kept.keySet().removeIf(name -> !isCopy(name, tensors.get(name)));
        own.keySet().removeAll(kept.keySet());
        return own;
    }

    private void copied(String name, AdapterTensor tensor, Overlay overlay) {
        for (Site site : base.shape().sites()) {
            String below = below(name, site);
            if (below != null && !isSame(tensor, (ModelSite) site)) {
                overlay.store((ModelSite) site, below);
            }
        }
    }

    private boolean isCopy(String name, AdapterTensor tensor) {
        return base.shape().sites().stream()
                .anyMatch(site -> below(name, site) != null && isSame(tensor, (ModelSite) site));
    }

    /** What a name is below a site's path, if it is a table of words or an output projection; else null. */
    private static String below(String name, Site site) {
        boolean words = site.slot() == Slot.WORDS || site.slot() == Slot.HEAD;
        for (String below : words ? List.of("weight", "base_layer.weight") : List.<String>of()) {
            for (String root : List.of("base_model.model.", "base_model.")) {
                if (name.equals(root + site.path() + "." + below)) {
                    return below;
                }
            }
        }
        return null;
    }

    private static boolean isSame(AdapterTensor tensor, ModelSite site) {
        return Arrays.equals(tensor.shape(), site.frozenWeight().shape())
                && Arrays.equals(tensor.values(), site.frozenWeight().copy());
    }
}
