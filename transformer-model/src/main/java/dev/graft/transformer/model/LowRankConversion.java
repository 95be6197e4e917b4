package dev.graft.transformer.model;

import dev.graft.autograd.Decompositions;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.LowRankForm;
import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Turns adapters of any methods that can be merged into one of a method with low-rank updates: the weighted sum of what
 * they change, by probing, then the best approximation of a rank (Eckart and Young 1936).
 */
public final class LowRankConversion {
    private final BaseModel base;
    private final List<WeightedAdapter> parts;
    private final SharedHead head;
    private final Map<Site, float[]> updates = new LinkedHashMap<>();
    private final Map<Site, float[]> biases = new LinkedHashMap<>();

    /**
     * What came out.
     *
     * @param adapter to be closed by the caller
     * @param error |update - approximation| / |update|, Frobenius norms over all sites
     */
    public record Converted(Adapter adapter, double error) {}

    private LowRankConversion(BaseModel base, List<WeightedAdapter> parts) {
        this.base = base;
        this.parts = List.copyOf(parts);
        this.head = new SharedHead(this.parts);
    }

    /**
     * Converts.
     *
     * @param to id of a method with a {@link LowRankForm}
     * @throws MergeRefusedException that names the first site whose change has no such form, and why
     * @throws SettingsException if the method cannot hold it, the rank is too large, or labels differ
     */
    public static Converted convert(
            BaseModel base, List<WeightedAdapter> parts, PeftMethods methods, String to, int rank) {
        LowRankForm form = methods.get(to)
                .lowRankForm()
                .orElseThrow(
                        () -> new SettingsException("method " + to + " cannot hold low-rank updates; those that can: "
                                + String.join(", ", methods.withLowRankForm())));
        LowRankConversion conversion = new LowRankConversion(base, parts);
        conversion.probe();
        return conversion.build(methods, to, form, rank);
    }

    private void probe() {
        Set<String> known = new HashSet<>();
        Map<WeightedAdapter, Map<String, float[]>> merged = new LinkedHashMap<>();
        parts.forEach(part -> merged.put(part, Merger.merge(base, part.adapter())));
        for (Site site : base.shape().sites()) {
            if (site.slot().isLinear() && site.partOf().isEmpty()) {
                known.add(Merger.weightName(base, site));
                site.bias().ifPresent(bias -> known.add(bias.name()));
                float[] weight = site.weight().orElseThrow().copy();
                add(site, updates, weight, merged, Merger.weightName(base, site));
                site.bias().ifPresent(bias -> add(site, biases, bias.copy(), merged, bias.name()));
            }
        }
        for (Map<String, float[]> one : merged.values()) {
            for (String name : one.keySet()) {
                if (!known.contains(name)) {
                    throw MergeRefusedException.noLowRank(path(name));
                }
            }
        }
    }

    /** The site that has a tensor of the checkpoint; the tensor's module where no site has it. */
    private String path(String tensor) {
        return base.shape().sites().stream()
                .filter(site -> Stream.of(site.weight(), site.bias())
                        .anyMatch(frozen ->
                                frozen.isPresent() && frozen.get().name().equals(tensor)))
                .map(Site::path)
                .findFirst()
                .orElseGet(() -> tensor.replaceAll("\\.(weight|bias)$", ""));
    }

    /** Adds up what changes in a tensor of a site, if anything does. */
    private void add(
            Site site,
            Map<Site, float[]> sums,
            float[] before,
            Map<WeightedAdapter, Map<String, float[]>> merged,
            String name) {
        float[] sum = new float[before.length];
        boolean changed = false;
        float rounding = 0; // of probing
        for (float value : before) {
            rounding = Math.max(rounding, 1e-6f * Math.abs(value));
        }
        for (Map.Entry<WeightedAdapter, Map<String, float[]>> one : merged.entrySet()) {
            float[] after = one.getValue().get(name);
            for (int i = 0; after != null && i < sum.length; i++) {
                float difference = after[i] - before[i];
                sum[i] += (float) (one.getKey().weight() * difference);
                changed |= Math.abs(difference) > rounding;
            }
        }
        if (changed) {
            sums.put(site, sum);
        }
    }

    private Converted build(PeftMethods methods, String to, LowRankForm form, int rank) {
        List<Site> sites = new ArrayList<>(updates.keySet());
        biases.keySet().stream().filter(site -> !updates.containsKey(site)).forEach(sites::add);
        if (sites.isEmpty()) {
            throw new SettingsException("the adapters change no linear site: there is nothing to convert");
        }
        Map<String, float[]> tensors = new LinkedHashMap<>();
        double all = 0;
        double left = 0;
        for (Site site : sites) {
            int most = Math.min(site.inputSize(), site.outputSize());
            if (rank < 1 || rank > most) {
                throw new SettingsException("rank is " + rank + "; allowed: 1 to " + most + ", at " + site.path());
            }
            float[] update = updates.getOrDefault(site, new float[site.inputSize() * site.outputSize()]);
            Decompositions.LowRank factors = Decompositions.singular(update, site.outputSize(), site.inputSize(), rank);
            form.tensors(factors.right(1), factors.left(1), bias(site))
                    .forEach((name, values) -> tensors.put("base_model.model." + site.path() + "." + name, values));
            double squares = squares(update);
            all += squares;
            left += squares;
            for (double value : factors.diagonal()) {
                left -= value * value;
            }
        }
        Adapter adapter = Adapter.create(
                base, methods, to, form.settings(sites, rank, !biases.isEmpty()), head.labels(), head.perToken(), 0);
        try {
            fill(adapter, tensors);
            return new Converted(adapter, all == 0 ? 0 : Math.sqrt(Math.max(0, left) / all));
        } catch (RuntimeException e) {
            adapter.close();
            throw e;
        }
    }

    /** The whole new bias of a site, or null. */
    private float[] bias(Site site) {
        if (biases.isEmpty() || site.bias().isEmpty()) {
            return null;
        }
        float[] bias = site.bias().get().copy();
        float[] change = biases.getOrDefault(site, new float[bias.length]);
        for (int i = 0; i < bias.length; i++) {
            bias[i] += change[i];
        }
        return bias;
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    /** Sets the converted tensors and the classifier. */
    private void fill(Adapter adapter, Map<String, float[]> tensors) {
        Set<AdapterParameter> classifier = SharedHead.tensors(adapter);
        for (AdapterParameter parameter : adapter.tensors().all()) {
            if (!classifier.contains(parameter)) {
                float[] values = tensors.get(parameter.name());
                if (values == null) {
                    throw new IllegalStateException("tensor " + parameter + " is in none of the updates");
                }
                Tiles.write(values, parameter.tensor());
            }
        }
        head.write(adapter);
    }
}
