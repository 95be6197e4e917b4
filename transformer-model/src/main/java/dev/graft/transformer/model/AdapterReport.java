package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an adapter changes, and where.
 *
 * @param sites those where it acts, in the order of the forward pass
 * @param shared elements of the tensors that several sites use
 * @param classifier elements of the classifier
 */
public record AdapterReport(List<At> sites, long shared, long classifier) {
    /** Copies the list. */
    public AdapterReport {
        sites = List.copyOf(sites);
    }

    /**
     * A site where an adapter acts.
     *
     * @param site where
     * @param parameters stored elements of its own
     * @param parameterNorm Frobenius norm of them together
     * @param updateNorm Frobenius norm of what the site's weight changes by, [out, in] or [width]; NaN where what is done
     *     there is no change of a weight
     * @param biasNorm norm of what the site's bias changes by; NaN like the other
     * @param weightNorm Frobenius norm of the frozen weight; NaN where there is none
     * @param reason why it is no change of a weight, or null
     */
    public record At(
            Site site,
            long parameters,
            double parameterNorm,
            double updateNorm,
            double biasNorm,
            double weightNorm,
            String reason) {}

    /** Looks at an adapter: at weights by probing, as {@link Merger} does. */
    public static AdapterReport of(BaseModel base, Adapter adapter) {
        Set<AdapterParameter> head = SharedHead.tensors(adapter);
        List<AdapterParameter> stored = adapter.tensors().stored().stream()
                .filter(parameter -> !head.contains(parameter))
                .toList();
        List<At> sites = new ArrayList<>();
        try (Compute compute = Compute.open(MathMode.FP32, 1)) {
            for (Site site : base.shape().sites()) {
                AdapterParameter copy = replacement(adapter, (ModelSite) site);
                if (adapter.overlay().hookedSites().contains(site) || copy != null) {
                    sites.add(at(compute, base, adapter, site, own(stored, site, copy)));
                }
            }
        }
        long all = stored.stream().mapToLong(AdapterParameter::length).sum();
        long own = sites.stream().mapToLong(At::parameters).sum();
        long classifier = head.stream().mapToLong(AdapterParameter::length).sum();
        return new AdapterReport(sites, all - own, classifier);
    }

    /** The copy of a site's weight that full fine-tuning trains, or null; a table that is the projection too counts once. */
    private static AdapterParameter replacement(Adapter adapter, ModelSite site) {
        boolean again = site.slot() == Slot.HEAD || site.slot() == Slot.WORDS;
        boolean first = site.frozenWeight() != null && site.whole() == null && !again;
        return first ? adapter.overlay().replacement(site.frozenWeight()) : null;
    }

    private static List<AdapterParameter> own(List<AdapterParameter> stored, Site site, AdapterParameter copy) {
        return stored.stream()
                .filter(parameter -> parameter.isAt(site) || parameter == copy)
                .toList();
    }

    private static At at(Compute compute, BaseModel base, Adapter adapter, Site site, List<AdapterParameter> own) {
        FrozenWeight weight = ((ModelSite) site).frozenWeight();
        FrozenWeight bias = ((ModelSite) site).frozenBias();
        double weightNorm = weight == null ? Double.NaN : norm(weight.copy());
        long parameters = own.stream().mapToLong(AdapterParameter::length).sum();
        double squares = 0;
        for (AdapterParameter parameter : own) {
            double one = norm(adapter.value(parameter));
            squares += one * one;
        }
        try {
            Map<String, float[]> merged = Merger.mergeSite(compute, base, adapter, site);
            AdapterParameter copy = replacement(adapter, (ModelSite) site);
            if (copy != null) {
                merged.put(Merger.weightName(base, site), copy.tensor().toArray());
            }
            double update = difference(weight, merged.get(Merger.weightName(base, site)));
            double shift = bias == null ? 0 : difference(bias, merged.get(bias.name()));
            return new At(site, parameters, Math.sqrt(squares), update, shift, weightNorm, null);
        } catch (MergeRefusedException e) {
            return new At(site, parameters, Math.sqrt(squares), Double.NaN, Double.NaN, weightNorm, e.getMessage());
        }
    }

    /** Norm of the difference; of what a part of a fused projection changes, the whole's. Rounding of probing is none. */
    private static double difference(FrozenWeight before, float[] after) {
        if (after == null) {
            return 0;
        }
        float[] values = after.clone();
        float[] frozen = before.whole().copy();
        for (int i = 0; i < values.length; i++) {
            values[i] -= frozen[i];
        }
        double difference = norm(values);
        return difference <= 1e-6 * norm(frozen) ? 0 : difference;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
