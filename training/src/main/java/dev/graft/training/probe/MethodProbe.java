package dev.graft.training.probe;

import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterCombination;
import dev.graft.transformer.model.Combination;
import dev.graft.transformer.model.Combination.Kind;
import dev.graft.transformer.model.LowRankConversion;
import dev.graft.transformer.model.MergeRefusedException;
import dev.graft.transformer.model.WeightedAdapter;
import dev.graft.transformer.model.Workers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tries methods on a small base of each family. */
final class MethodProbe {
    /** What the words for combinations mean. */
    static final String WAYS = "how adapters of the method become one of the method (`graft combine`), all: "
            + Stream.of(Kind.values()).map(Kind::word).collect(Collectors.joining(", "))
            + "; as low rank: `graft convert` turns it, or a weighted sum with others, into low-rank updates";

    private final PeftMethods methods;
    private final Map<String, Stage> stages = new LinkedHashMap<>();

    /** Methods of which a row in a mixed batch did not give what it gives alone; null before it was tried. */
    private Set<String> unmixed;

    /** Whether two methods can act together, by their ids in order with a plus between them. */
    private final Map<String, Boolean> together = new HashMap<>();

    /** On the bases of a number of layers that tells layers apart. */
    MethodProbe(PeftMethods methods, Bases bases, Workers workers) {
        this.methods = methods;
        for (String family : ModelSizes.FAMILIES) {
            ModelSizes sizes = ModelSizes.smallest(family);
            for (String layers : sizes.layers()) {
                sizes = sizes.with(layers, 2);
            }
            stages.put(family, new Stage(bases.get(sizes), methods, workers));
        }
    }

    /** Finds out what a method can do. */
    Abilities probe(String method) {
        Set<Slot> slots = EnumSet.noneOf(Slot.class);
        Set<Side> sides = EnumSet.noneOf(Side.class);
        Map<String, String> merge = new LinkedHashMap<>();
        boolean decodes = true;
        for (Map.Entry<String, Stage> stage : stages.entrySet()) {
            try (Adapter adapter = stage.getValue().adapter(method, 1)) {
                for (Site site : stage.getValue().base().shape().sites()) {
                    if (adapter.hook(site) != Hook.NONE) {
                        slots.add(site.slot());
                        if (stage.getValue().base().config().encoderDecoder()) {
                            sides.add(site.side());
                        }
                    }
                }
                merge.put(stage.getKey(), refusal(stage.getValue(), adapter));
                boolean generates = stage.getValue().base().config().generates();
                decodes &= !generates || stage.getValue().decodesWell(adapter);
            }
        }
        return new Abilities(slots, sides, merge, mixes(method), combines(method), decodes, apart(method));
    }

    /** The slot at which merging is refused, or an empty text. */
    private String refusal(Stage stage, Adapter adapter) {
        try {
            if (stage.mergesWell(adapter)) {
                return "";
            }
        } catch (MergeRefusedException e) {
            return stage.base().shape().sites().stream()
                    .filter(site ->
                            adapter.hook(site) != Hook.NONE && e.getMessage().contains("site " + site.path() + " "))
                    .map(site -> site.slot().name())
                    .findFirst()
                    .orElse("a site");
        }
        throw new IllegalStateException(
                adapter.method() + ": the merged " + stage.base().config().modelType() + " computes something else");
    }

    /** One batch with two rows of each method, and one of none. */
    private boolean mixes(String method) {
        if (unmixed == null) {
            unmixed = new HashSet<>();
            stages.values().forEach(this::mix);
        }
        return !unmixed.contains(method);
    }

    private void mix(Stage stage) {
        List<Adapter> adapters = new ArrayList<>();
        try {
            for (String id : methods.ids()) {
                adapters.add(stage.adapter(id, 1));
                adapters.add(stage.adapter(id, 2));
            }
            boolean[] same = stage.mixed(adapters);
            for (int i = 0; i < same.length; i++) {
                if (!same[i]) {
                    unmixed.add(methods.ids().get(i / 2));
                }
            }
        } finally {
            adapters.forEach(Adapter::close);
        }
    }

    /** The kinds of combination that two adapters of the method have, and whether it can be converted. */
    private List<String> combines(String method) {
        Stage stage = stages.values().iterator().next();
        try (Adapter one = stage.adapter(method, 1);
                Adapter two = stage.adapter(method, 2)) {
            List<WeightedAdapter> halves = List.of(new WeightedAdapter(one, 0.5), new WeightedAdapter(two, 0.5));
            List<String> ways = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                Combination how = new Combination(kind, kind.prunes() ? 0.5 : null, null, null, 0);
                if (isMade(() -> AdapterCombination.combine(stage.base(), methods, halves, how))) {
                    ways.add(kind.word());
                }
            }
            List<String> found = new ArrayList<>(ways.size() == Kind.values().length ? List.of("all") : ways);
            if (methods.withLowRankForm().stream()
                    .anyMatch(to -> isMade(() -> LowRankConversion.convert(stage.base(), halves, methods, to, 2)
                            .adapter()))) {
                found.add("as low rank");
            }
            return found;
        }
    }

    /** False if it is refused, with a reason for the user. */
    private static boolean isMade(Supplier<Adapter> making) {
        try {
            making.get().close();
            return true;
        } catch (MergeRefusedException | SettingsException e) {
            return false;
        }
    }

    /** The methods that cannot act together with this one. */
    private List<String> apart(String method) {
        return methods.ids().stream()
                .filter(other -> !together.computeIfAbsent(
                        method.compareTo(other) < 0 ? method + "+" + other : other + "+" + method, this::compose))
                .toList();
    }

    /** True if several methods can act together in every family; false if their settings are refused. */
    private boolean compose(String several) {
        for (Stage stage : stages.values()) {
            try (Adapter all = stage.adapter(several, 1)) {
                if (!stage.computes(all)) {
                    throw new IllegalStateException(several + " computes no finite numbers");
                }
            } catch (SettingsException e) {
                return false;
            }
        }
        return true;
    }
}
