package dev.graft.training.probe;

import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Side;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.ModelConfig;
import dev.graft.transformer.model.NamedShapes;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What each method can do and how many parameters it trains, found out by trying it on small models: a page of Markdown.
 * The same methods give the same page.
 */
public final class MethodTable {
    private static final String REAL = "minilm";

    private final PeftMethods methods;
    private final Consumer<String> progress;

    /**
     * A table of all methods.
     *
     * @param progress hears which method is next
     */
    public MethodTable(PeftMethods methods, Consumer<String> progress) {
        this.methods = methods;
        this.progress = progress;
    }

    /**
     * Tries all methods, which takes seconds a method.
     *
     * @return the page, which ends with a line's end
     * @throws IllegalStateException if a merged model computes something else, or a count follows no formula
     */
    public String markdown() {
        StringBuilder abilities = new StringBuilder();
        StringBuilder formulas = new StringBuilder();
        try (Bases bases = new Bases();
                BaseModel real = BaseModel.random(NamedShapes.get(REAL), 1);
                Workers workers = new Workers(MathMode.FP32, 1)) {
            MethodProbe probe = new MethodProbe(methods, bases, workers);
            for (String id : methods.ids()) {
                progress.accept(id);
                abilities.append(row(id, probe.probe(id)));
                formulas.append(formulas(id, bases, real));
            }
        }
        return page(abilities.toString(), formulas.toString());
    }

    private static String page(String abilities, String formulas) {
        String letters = ModelSizes.FAMILIES.stream()
                .flatMap(family -> ModelSizes.smallest(family).letters().keySet().stream())
                .distinct()
                .map(letter -> letter + ": " + ModelSizes.meaning(letter))
                .collect(Collectors.joining("; "));
        try (InputStream template = MethodTable.class.getResourceAsStream("methods.md")) {
            return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("{abilities}", abilities)
                    .replace("{ways}", MethodProbe.WAYS)
                    .replace("{letters}", letters)
                    .replace("{formulas}\n", formulas);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String row(String id, Abilities found) {
        return "| `" + id + "` | " + names(found.slots()) + " | " + names(found.sides()) + " | "
                + merge(found.merge()) + " | " + yes(found.mixes()) + " | "
                + (found.combines().isEmpty() ? "no" : String.join(", ", found.combines()))
                + " | " + yes(found.decodes()) + " | "
                + (found.apart().isEmpty()
                        ? "all"
                        : "all but "
                                + found.apart().stream()
                                        .map(one -> "`" + one + "`")
                                        .collect(Collectors.joining(", ")))
                + " |\n";
    }

    private static String names(Collection<? extends Enum<?>> constants) {
        return constants.stream()
                .map(one -> one instanceof Side ? one.name().toLowerCase(Locale.ROOT) : one.name())
                .collect(Collectors.joining(", "));
    }

    private static String yes(boolean passes) {
        return passes ? "yes" : "no";
    }

    /** Yes, or why not; by family where they differ. */
    private static String merge(Map<String, String> refusals) {
        if (refusals.values().stream().distinct().count() == 1) {
            return refused(refusals.values().iterator().next());
        }
        return refusals.entrySet().stream()
                .map(family -> family.getKey() + ": " + refused(family.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String refused(String slot) {
        return slot.isEmpty() ? "yes" : "no, at " + slot;
    }

    private String formulas(String id, Bases bases, BaseModel real) {
        List<String> cells = new ArrayList<>();
        Map<String, Integer> defaults = new LinkedHashMap<>();
        Map<String, Polynomial> found = new LinkedHashMap<>();
        for (String family : ModelSizes.FAMILIES) {
            ParameterFormula formula = new ParameterFormula(bases, methods, id, family);
            found.put(family, formula.find());
            cells.add(found.get(family).text());
            formula.defaults().forEach(defaults::putIfAbsent);
        }
        try (Adapter adapter = Adapter.create(real, methods, id, Map.of(), List.of(), 1)) {
            defaults.replaceAll((key, value) -> ((Number) adapter.settings().get(key)).intValue());
            check(id, found.get(real.config().modelType()), real, defaults, adapter.trainedCount());
            String given = defaults.entrySet().stream()
                    .map(one -> one.getKey() + " = " + one.getValue())
                    .collect(Collectors.joining(", "));
            return "| `" + id + "` | " + String.join(" | ", cells) + " | " + given + " | "
                    + String.format(Locale.ROOT, "%,d", adapter.trainedCount()) + " |\n";
        }
    }

    /** The formula of small models holds for a real one too. */
    private static void check(
            String id, Polynomial formula, BaseModel real, Map<String, Integer> settings, long trained) {
        Map<String, Integer> sizes = new LinkedHashMap<>(settings);
        ModelConfig config = real.config();
        sizes.putAll(Map.of("L", config.layers(), "d", config.hiddenSize(), "m", config.intermediateSize()));
        sizes.putAll(Map.of("h", config.attentionHeads(), "v", config.vocabularySize(), "p", config.maxPositions()));
        if (Math.abs(formula.at(sizes) - trained) > 1e-3) {
            throw new IllegalStateException("the parameters of " + id + " in " + REAL + " are " + trained + ", and "
                    + formula.text() + " gives " + formula.at(sizes));
        }
    }
}
