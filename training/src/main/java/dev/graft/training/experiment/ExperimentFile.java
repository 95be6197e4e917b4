package dev.graft.training.experiment;

import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.file.Json;
import dev.graft.training.plan.GivenSettings;
import dev.graft.training.plan.Keys;
import dev.graft.training.study.Studies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Reads the file of an experiment, strictly: an unknown key, a wrong type or value is an error that says what is allowed. */
public final class ExperimentFile {
    private static final String QUICK = "quick";
    private static final String STUDIES = "studies";
    private static final Set<String> KEYS = Set.of(
            "name",
            "claim",
            "bases",
            "data",
            "rows",
            "methods",
            "seeds",
            "budget",
            "training",
            "learning_rate",
            "reference",
            "reach",
            "write",
            "latency",
            "forgetting",
            STUDIES,
            QUICK);
    /** What an experiment that trains has. */
    private static final Set<String> TRAINING = Set.of("methods", "data", "budget");

    private static final Set<String> BY_BUDGET = Set.of("epochs", "max_steps", "learning_rate", "seed");
    private static final int SEEDS = 3;

    private final String where;
    private final Map<String, Object> object;
    private final boolean quick;

    private ExperimentFile(Path file, Map<String, Object> object, boolean quick) {
        this.where = file + ":";
        this.object = object;
        this.quick = quick;
    }

    /**
     * What replaces parts of a file.
     *
     * @param base instead of its bases, or null
     * @param data instead of its data, which keep their numbers of rows, or null
     * @param methods names of variants, of entries or ids of methods to keep, or null for all
     * @param seeds number of seeds from 0 on, or null
     */
    public record Changes(String base, String data, List<String> methods, Integer seeds) {
        /** None. */
        public static final Changes NONE = new Changes(null, null, null, null);
    }

    /**
     * Reads a file.
     *
     * @param quick for a first look: the keys under "quick" replace the others; without that key one seed, one learning
     *     rate and a quarter of the budget
     * @throws SettingsException that names the key, its value and what is allowed
     */
    public static Experiment read(Path file, boolean quick, Changes changes) throws IOException {
        Map<String, Object> object = Json.read(file);
        new Keys(file + ":", object, KEYS);
        Map<String, Object> first = Keys.object(file + ": quick", object.getOrDefault(QUICK, Map.of()));
        Set<String> own = new HashSet<>(KEYS);
        own.removeAll(Set.of(QUICK, "name", "claim"));
        new Keys(file + ": quick", first, own);
        Map<String, Object> whole = new LinkedHashMap<>(object);
        whole.remove(QUICK);
        Experiment full =
                new ExperimentFile(file, whole, false).experiment(changes); // wrong values are found either way
        whole.putAll(first);
        Experiment look = new ExperimentFile(file, whole, true).experiment(changes);
        return !quick ? full : object.get(QUICK) == null ? shortened(look) : look;
    }

    private static Experiment shortened(Experiment one) {
        if (!one.trains()) {
            return one;
        }
        boolean own = one.variants().stream().anyMatch(variant -> variant.rates() != null);
        return new Experiment(
                one.name(),
                one.claim(),
                one.bases(),
                one.data(),
                one.variants(),
                one.seeds().subList(0, 1),
                one.budget().quarter(),
                one.training(),
                own ? one.tuning() : one.tuning().once(),
                one.reference(),
                one.reach(),
                one.maxNewTokens(),
                one.latency(),
                one.forgetting(),
                one.studies(),
                true);
    }

    private Experiment experiment(Changes changes) {
        Keys keys = new Keys(where, object, KEYS);
        Tuning tuning = Tuning.read(keys.where("learning_rate"), keys.value("learning_rate"));
        List<Studies.Named> studies = studies(keys);
        boolean only = studies.stream().noneMatch(Studies.Named::needsAdapters)
                && !studies.isEmpty()
                && TRAINING.stream().noneMatch(keys::has);
        List<Variant> all = only ? List.of() : variants(keys, tuning);
        List<Variant> variants = kept(all, changes.methods());
        return new Experiment(
                name(keys),
                keys.text("claim", ""),
                changes.base() == null ? texts(keys, "bases") : List.of(changes.base()),
                only ? List.of() : data(keys, changes.data()),
                variants,
                changes.seeds() == null ? seeds(keys) : firstSeeds(changes.seeds()),
                only ? null : budget(keys),
                training(keys),
                tuning,
                reference(keys, variants, all),
                keys.has("reach") ? keys.number("reach", 0, 0, Double.MAX_VALUE) : null,
                write(keys),
                keys.has("latency") ? LatencyGrid.read(keys.where("latency"), keys.object("latency")) : null,
                forgetting(keys),
                studies,
                quick);
    }

    private static List<Variant> variants(Keys keys, Tuning tuning) {
        List<Object> entries = keys.list("methods", "texts or objects with a \"method\"");
        return Entries.read(keys.where("methods"), keys.require("methods", entries, "a list"), tuning);
    }

    private static Budget budget(Keys keys) {
        return Budget.read(keys.where("budget"), keys.require("budget", keys.value("budget"), "{\"steps\": 200}"));
    }

    private static List<Studies.Named> studies(Keys keys) {
        List<Object> entries = keys.list(STUDIES, "texts or objects with a \"study\"");
        List<Studies.Named> studies = new ArrayList<>();
        for (int i = 0; entries != null && i < entries.size(); i++) {
            studies.add(Studies.read(keys.where(STUDIES) + "[" + i + "]", entries.get(i)));
        }
        return studies;
    }

    private static String name(Keys keys) {
        String name = keys.text("name");
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw keys.wrong("name", "letters, digits, dots, dashes and underscores; it names a folder");
        }
        return name;
    }

    private static List<Long> firstSeeds(int count) {
        return LongStream.range(0, count).boxed().toList();
    }

    /** A number of them from 0 on, or a list. */
    private static List<Long> seeds(Keys keys) {
        if (!(keys.value("seeds") instanceof List<?>)) {
            return firstSeeds(keys.count("seeds", SEEDS, 1));
        }
        List<Long> seeds = new ArrayList<>();
        for (Object one : keys.list("seeds", "whole numbers")) {
            if (!(one instanceof Integer) && !(one instanceof Long) || seeds.contains(((Number) one).longValue())) {
                throw keys.wrong("seeds", "a number of seeds from 1, or a list of different whole numbers");
            }
            seeds.add(((Number) one).longValue());
        }
        return seeds;
    }

    private static List<String> texts(Keys keys, String key) {
        List<Object> list = keys.require(key, keys.list(key, "texts"), "a list of texts, at least one");
        if (!list.stream().allMatch(String.class::isInstance) || new HashSet<>(list).size() < list.size()) {
            throw keys.wrong(key, "a list of different texts");
        }
        return list.stream().map(String.class::cast).toList();
    }

    private static List<DataPart> data(Keys keys, String replaced) {
        Map<String, Object> rows = DataPart.checkedRows(keys.where("rows"), keys.object("rows"));
        List<Object> list = keys.require("data", keys.list("data", "folders or objects"), "a list, at least one");
        List<DataPart> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            DataPart part = DataPart.read(keys.where("data") + "[" + i + "]", list.get(i), rows);
            parts.add(replaced == null ? part : part.from(replaced));
        }
        return distinct(keys, parts, DataPart::name);
    }

    /** Replaced data may be the same several times. */
    private static List<DataPart> distinct(Keys keys, List<DataPart> parts, Function<DataPart, String> name) {
        List<DataPart> kept = parts.stream().distinct().toList();
        if (kept.stream().map(name).distinct().count() < kept.size()) {
            throw keys.wrong("data", "names that differ; give parts of the same data a \"name\" each");
        }
        return kept;
    }

    private Map<String, Object> training(Keys keys) {
        Map<String, Object> training = keys.object("training");
        BY_BUDGET.forEach(key -> {
            if (training.containsKey(key)) {
                throw new SettingsException(keys.where("training") + "." + key + " is " + training.get(key)
                        + "; allowed: none, as budget, learning_rate and seeds say it for all methods alike");
            }
        });
        try {
            GivenSettings.read(training, "", OptionalDouble.of(1), Integer.MAX_VALUE);
        } catch (SettingsException e) {
            throw new SettingsException(where + " " + e.getMessage());
        }
        return training;
    }

    private static int write(Keys keys) {
        Keys write = new Keys(keys.where("write"), keys.object("write"), Set.of("max_new_tokens"));
        return keys.has("write") ? write.count("max_new_tokens", 64, 1) : 0;
    }

    private static DataPart forgetting(Keys keys) {
        return keys.has("forgetting")
                ? DataPart.read(keys.where("forgetting"), keys.value("forgetting"), Map.of())
                : null;
    }

    /** A reference that was left out by hand is none. */
    private static String reference(Keys keys, List<Variant> kept, List<Variant> all) {
        String reference = keys.text("reference", null);
        if (reference != null && all.stream().noneMatch(one -> one.name().equals(reference))) {
            throw keys.wrong("reference", names(all));
        }
        boolean there = kept.stream().anyMatch(one -> one.name().equals(reference));
        return there ? reference : null;
    }

    private static List<Variant> kept(List<Variant> all, List<String> wanted) {
        if (wanted == null) {
            return all;
        }
        for (String name : wanted) {
            if (all.stream().noneMatch(one -> is(one, name))) {
                throw new SettingsException("--methods has '" + name + "', which the experiment lacks; allowed: "
                        + names(all) + ", or ids of their methods");
            }
        }
        return all.stream()
                .filter(one -> wanted.stream().anyMatch(name -> is(one, name)))
                .toList();
    }

    private static boolean is(Variant one, String name) {
        return one.name().equals(name) || one.method().equals(name);
    }

    private static String names(List<Variant> variants) {
        return String.join(", ", variants.stream().map(Variant::name).toList());
    }
}
