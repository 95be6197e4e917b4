package dev.graft.lora.core;

import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.Settings;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.Targets;
import java.util.List;
import java.util.Optional;

/**
 * A model's tables of words and its output projection, and which of them are one. Two stacks have one table, which
 * Hugging Face's models hold as a module {@code shared} beside them.
 */
final class WordTables {
    private final List<Site> words;
    private final List<Site> all;
    private final Site tied;

    WordTables(ModelShape model) {
        words = model.sites().stream().filter(site -> site.slot() == Slot.WORDS).toList();
        all = model.sites().stream()
                .filter(site -> site.slot() == Slot.WORDS || site.slot() == Slot.HEAD)
                .toList();
        tied = all.stream()
                .filter(site -> site.slot() == Slot.HEAD
                        && table(site).equals(table(words.get(0)))
                        && !table(site).isEmpty())
                .findFirst()
                .orElse(null);
    }

    private static String table(Site site) {
        return site.weight().map(weight -> weight.name()).orElse("");
    }

    /** The first table. */
    Site first() {
        return words.get(0);
    }

    /** Tables and projection. */
    List<Site> all() {
        return all;
    }

    /** The output projection, if it is the table of words. */
    Optional<Site> tiedHead() {
        return Optional.ofNullable(tied);
    }

    /**
     * The table of words, as a site of each stack.
     *
     * @throws dev.graft.peft.spi.SettingsException in a model of two stacks that PEFT takes for untied: it then trains a
     *     module that nothing reads
     */
    List<Site> words(Settings settings, String key) {
        if (words.size() > 1 && tied == null) {
            throw settings.wrong(
                    key,
                    settings.any(key, null),
                    "nothing in a model of two stacks whose output projection is its own");
        }
        return words;
    }

    /** The path of the module that PEFT puts the tensors of a site under. */
    String module(Site site) {
        return words.size() > 1 && site.slot() == Slot.WORDS ? shared() : site.path();
    }

    private String shared() {
        String path = words.get(0).path();
        int stack = path.lastIndexOf('.', path.lastIndexOf('.') - 1);
        return path.substring(0, stack + 1) + "shared";
    }

    /** The sites of a module: PEFT takes those whose paths end with the letters of the name. */
    List<Site> named(Settings settings, String key, String module) {
        if (words.size() > 1 && shared().endsWith(module)) {
            return words(settings, key);
        }
        List<Site> found = all.stream()
                .filter(site -> site.path().endsWith(module) && (words.size() == 1 || site.slot() == Slot.HEAD))
                .toList();
        if (found.isEmpty()) {
            throw settings.wrong(
                    key, module, "the name of the table of words or of the output projection, as " + modules());
        }
        return found;
    }

    /** The sites of target_modules; the table of words where it is not given. */
    List<Site> targets(Settings settings) {
        String key = "target_modules";
        if (words.size() == 1) {
            return Targets.among(settings, all, List.of(first().path())).sites();
        }
        List<String> names = settings.texts(key, List.of(shared()));
        if (names.isEmpty()
                || names.stream().anyMatch(name -> !shared().equals(name) && !shared().endsWith("." + name))) {
            throw settings.wrong(key, names, shared() + ", the table of both stacks");
        }
        return words(settings, key);
    }

    private List<String> modules() {
        return all.stream().map(this::module).distinct().toList();
    }
}
