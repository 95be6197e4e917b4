package dev.graft.transformer.model;

import dev.graft.peft.spi.MethodPart;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Combines adapters of several methods at once, such as lora+ia3, part by part: each part as if it were an adapter of its
 * own method, by that method's rule. How a part is trained (its rate, or not at all) is that of the first adapter.
 */
final class PartwiseCombination {
    private final BaseModel base;
    private final PeftMethods methods;
    private final List<WeightedAdapter> wholes;
    private final Combination how;
    private final String method;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();

    /** Of adapters of the same methods in the same order. */
    PartwiseCombination(BaseModel base, PeftMethods methods, List<WeightedAdapter> wholes, Combination how) {
        this.base = base;
        this.methods = methods;
        this.wholes = wholes;
        this.how = how;
        Adapter first = wholes.get(0).adapter();
        this.method = methods.idOfType(first.peftType()).orElse(first.method());
    }

    /**
     * Combines; the caller closes the result.
     *
     * @throws SettingsException if a part cannot be combined so; it names the part and says why
     */
    Adapter build() {
        SharedHead head = new SharedHead(wholes);
        methods.parts(method).forEach(this::add);
        Adapter combined =
                Adapter.createWith(base, methods, method, settings, head.labels(), head.perToken(), how.seed(), values);
        try {
            head.write(combined);
            return combined;
        } catch (RuntimeException e) {
            combined.close();
            throw e;
        }
    }

    /** Combines a part and notes its settings and tensors. */
    private void add(MethodPart part) {
        List<WeightedAdapter> alone = new ArrayList<>();
        try {
            for (WeightedAdapter whole : wholes) {
                alone.add(new WeightedAdapter(alone(whole.adapter(), part), whole.weight()));
            }
            try (Adapter combined = AdapterCombination.combine(base, methods, alone, how)) {
                Map<String, Object> like = wholes.get(0).adapter().settings();
                settings.putAll(part.among(combined.settings(), like));
                combined.methodValues().forEach((name, value) -> values.put(part.prefix() + name, value));
            }
        } catch (SettingsException e) {
            throw new SettingsException("part '" + part.name() + "' of '" + method + "': " + e.getMessage());
        } finally {
            alone.forEach(one -> one.adapter().close());
        }
    }

    /** A part of an adapter as an adapter without a classifier. */
    private Adapter alone(Adapter whole, MethodPart part) {
        Map<String, float[]> own = new LinkedHashMap<>();
        whole.methodValues().forEach((name, value) -> {
            if (name.startsWith(part.prefix())) {
                own.put(name.substring(part.prefix().length()), value);
            }
        });
        return Adapter.createWith(base, methods, part.method(), part.alone(whole.settings()), List.of(), false, 0, own);
    }
}
