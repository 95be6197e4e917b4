package dev.graft.transformer.model;

import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.Injection;
import dev.graft.peft.spi.LowRankForm;
import dev.graft.peft.spi.LowRankTerm;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.Combination.Form;
import dev.graft.transformer.model.Combination.Kind;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Puts adapters of one method together into one of that method, by weights. Low-rank products are combined as Hugging
 * Face PEFT does; every other trained tensor by how far it is from its first value; classifiers are averaged. Of several methods at once each is combined
 * alone.
 */
public final class AdapterCombination {
    private final BaseModel base;
    private final PeftMethods methods;
    private final List<WeightedAdapter> parts;
    private final Combination how;
    private final TaskArithmetic arithmetic;
    private final String method;
    private final SharedHead head;

    private AdapterCombination(
            BaseModel base, PeftMethods methods, List<WeightedAdapter> parts, Combination how, String method) {
        this.base = base;
        this.methods = methods;
        this.parts = parts;
        this.how = how;
        this.arithmetic = new TaskArithmetic(how);
        this.method = method;
        this.head = new SharedHead(parts);
    }

    /**
     * Combines.
     *
     * @param parts at least one, all of one method; they stay as they are
     * @return to be closed by the caller
     * @throws SettingsException if they cannot be combined so; the message says why
     */
    public static Adapter combine(BaseModel base, PeftMethods methods, List<WeightedAdapter> parts, Combination how) {
        if (parts.isEmpty()) {
            throw new SettingsException("there is no adapter to combine; give one or more");
        }
        Adapter first = parts.get(0).adapter();
        String method = methods.idOfType(first.peftType()).orElse(first.method());
        for (WeightedAdapter part : parts) {
            if (!part.adapter().peftType().equals(first.peftType())) {
                throw new SettingsException("the adapters are of several methods, " + method + " and "
                        + part.adapter().method()
                        + "; adapters of one method can be combined (graft convert turns those that can be merged "
                        + "into low-rank ones)");
            }
            if (!Double.isFinite(part.weight())) {
                throw new SettingsException("a weight is " + part.weight() + "; allowed: finite numbers");
            }
        }
        if (!methods.parts(first.method()).isEmpty()) {
            return new PartwiseCombination(base, methods, List.copyOf(parts), how).build();
        }
        for (WeightedAdapter part : parts) {
            Injection injection = part.adapter().overlay().injection();
            if (injection != null && !injection.combinesLinearly()) {
                throw new SettingsException("adapters of method '" + method + "' with these settings cannot be "
                        + "combined: what they change is not linear in their tensors. Those that can be merged can be "
                        + "added up as low-rank updates: graft convert");
            }
        }
        return new AdapterCombination(base, methods, List.copyOf(parts), how, method).build();
    }

    private Adapter build() {
        Map<Site, ProductSum> products = products();
        Adapter combined = Adapter.create(base, methods, method, settings(products), head.labels(), head.perToken(), 0);
        try {
            Set<AdapterParameter> done = SharedHead.tensors(combined);
            products.forEach((site, sum) -> {
                LowRankTerm term = only(combined, site);
                Tiles.write(sum.a(), ((AdapterParameter) term.a()).tensor());
                Tiles.write(sum.b(), ((AdapterParameter) term.b()).tensor());
                done.add((AdapterParameter) term.a());
                done.add((AdapterParameter) term.b());
            });
            fillOthers(combined, done);
            head.write(combined);
            return combined;
        } catch (RuntimeException e) {
            combined.close();
            throw e;
        }
    }

    /** The products at each site where an adapter has some, combined. */
    private Map<Site, ProductSum> products() {
        Map<Site, List<Product>> found = new LinkedHashMap<>();
        for (Site site : base.shape().sites()) {
            for (WeightedAdapter part : parts) {
                List<LowRankTerm> terms = part.adapter().overlay().hook(site).lowRank();
                if (!terms.isEmpty()) {
                    found.computeIfAbsent(site, s -> new ArrayList<>()).add(Product.of(part, terms, site));
                }
            }
        }
        if (found.isEmpty() && how.kind().form() != Form.FACTORS) {
            throw new SettingsException("combination " + how.kind().word() + " is one of low-rank products, and "
                    + "adapters of method '" + method + "' have none; allowed: "
                    + Kind.words(Kind.anywhere()));
        }
        int widest = found.values().stream()
                .flatMap(List::stream)
                .mapToInt(Product::rank)
                .max()
                .orElse(0);
        Map<Site, ProductSum> products = new LinkedHashMap<>();
        found.forEach((site, all) -> products.put(site, ProductSum.of(site, all, how, arithmetic, rank(site, widest))));
        return products;
    }

    /** The rank of a decomposition at a site. */
    private int rank(Site site, int widest) {
        int most = Math.min(site.inputSize(), site.outputSize());
        if (how.rank() == null) {
            return Math.min(most, widest);
        }
        if (how.rank() < 1 || how.rank() > most) {
            throw new SettingsException("rank is " + how.rank() + "; allowed: 1 to " + most + ", at " + site.path());
        }
        return how.rank();
    }

    private Map<String, Object> settings(Map<Site, ProductSum> products) {
        List<Map<String, Object>> settings =
                parts.stream().map(part -> part.adapter().settings()).toList();
        if (products.isEmpty()) {
            requireSame(settings);
            return settings.get(0);
        }
        LowRankForm form = methods.get(method)
                .lowRankForm()
                .orElseThrow(() -> new SettingsException("adapters of method '" + method
                        + "' have low-rank products, but the method cannot hold other ones (it has no LowRankForm)"));
        Map<Site, Integer> ranks = new LinkedHashMap<>();
        products.forEach((site, sum) -> ranks.put(site, sum.rank()));
        return WholeModules.together(form.combined(settings, ranks), settings);
    }

    private static void requireSame(List<Map<String, Object>> settings) {
        for (Map<String, Object> other : settings) {
            Map<String, Object> all = new LinkedHashMap<>(settings.get(0));
            all.putAll(other);
            for (String key : all.keySet()) {
                Object a = settings.get(0).get(key);
                Object b = other.get(key);
                if (!Objects.toString(a).equals(Objects.toString(b))) {
                    throw new SettingsException("setting '" + key + "' differs among the adapters: " + a + " and " + b
                            + "; adapters with the same settings can be combined");
                }
            }
        }
    }

    private LowRankTerm only(Adapter combined, Site site) {
        List<LowRankTerm> terms = combined.overlay().hook(site).lowRank();
        if (terms.size() != 1 || terms.get(0).scale() != 1) {
            throw new IllegalStateException("the combined settings of method '" + method + "' give " + terms + " at "
                    + site.path() + " instead of one product with a scale of 1");
        }
        return terms.get(0);
    }

    /** Tensors beside the products and the classifier: first value plus the combination of what was changed in them. */
    private void fillOthers(Adapter combined, Set<AdapterParameter> done) {
        List<AdapterParameter> others = combined.tensors().stored().stream()
                .filter(parameter -> !done.contains(parameter))
                .toList();
        if (others.isEmpty()) {
            return;
        }
        requireFixedStart(combined, others);
        List<Map<String, AdapterParameter>> byName = new ArrayList<>();
        parts.forEach(part -> byName.add(byName(part.adapter())));
        for (AdapterParameter parameter : others) {
            float[] first = parameter.tensor().toArray();
            List<float[]> changes = new ArrayList<>();
            List<Double> weights = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                AdapterParameter own = byName.get(i).get(parameter.name());
                if (own != null) {
                    changes.add(difference(own, first));
                    weights.add(parts.get(i).weight());
                }
            }
            if (!changes.isEmpty()) {
                double[] factors =
                        weights.stream().mapToDouble(Double::doubleValue).toArray();
                float[] change = arithmetic.combine(parameter.name(), changes, factors);
                for (int i = 0; i < first.length; i++) {
                    first[i] += change[i];
                }
                Tiles.write(first, parameter.tensor());
            }
        }
    }

    private static Map<String, AdapterParameter> byName(Adapter adapter) {
        Map<String, AdapterParameter> byName = new HashMap<>();
        adapter.tensors().all().forEach(parameter -> byName.put(parameter.name(), parameter));
        return byName;
    }

    private float[] difference(AdapterParameter own, float[] first) {
        float[] values = own.tensor().toArray();
        if (values.length != first.length) {
            throw new SettingsException("tensor " + own + " has another shape in another adapter of method '" + method
                    + "'; adapters with the same shapes can be combined");
        }
        for (int i = 0; i < values.length; i++) {
            values[i] -= first[i];
        }
        if (own.kind() == AdapterParameter.Kind.FROZEN && !Arrays.equals(values, new float[values.length])) {
            throw new SettingsException("tensor " + own + " is frozen and not the one that a new adapter has; "
                    + "adapters of method '" + method + "' can be combined where they share it");
        }
        return values;
    }

    /** What a tensor is compared with must be the same for every adapter of the method. */
    private void requireFixedStart(Adapter combined, List<AdapterParameter> others) {
        try (Adapter again =
                Adapter.create(base, methods, method, combined.settings(), combined.labels(), combined.perToken(), 1)) {
            Map<String, AdapterParameter> drawn = byName(again);
            for (AdapterParameter parameter : others) {
                if (!Arrays.equals(
                        parameter.tensor().toArray(),
                        drawn.get(parameter.name()).tensor().toArray())) {
                    throw new SettingsException("tensor " + parameter + " of method '" + method
                            + "' starts at random, so that what an adapter changed in it is not known; it cannot be "
                            + "combined");
                }
            }
        }
    }
}
