package dev.graft.transformer.model;

import dev.graft.autograd.Compute;
import dev.graft.autograd.CounterRandom;
import dev.graft.autograd.kernel.MathMode;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.transformer.model.architecture.LanguagePlan;
import dev.graft.transformer.model.architecture.ModelSite;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.Overlay;
import dev.graft.transformer.model.weights.FrozenWeight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges an adapter into a copy of its base, for any method whose hooks are affine at linear sites and norms. It asks
 * no method: it probes each site with zero and with the identity, builds the new weight, and checks it on random rows.
 */
public final class Merger {
    /** A power of two: exact, and large enough that a bias does not cancel the product's digits. */
    private static final float SCALE = 1 << 10;

    private static final int BLOCK = 256;
    static final double TOLERANCE = 1e-5;
    private static final List<Double> SCALES = List.of(0.01, 1.0, 100.0);

    private final BaseModel base;
    private final SiteProbe probe;
    private final Overlay overlay;
    private final Map<String, float[]> merged = new LinkedHashMap<>();

    private Merger(Compute compute, BaseModel base, Overlay overlay) {
        this.base = base;
        this.overlay = overlay;
        this.probe = new SiteProbe(compute, overlay);
    }

    /**
     * The weights of the base that change, by their names in the checkpoint. An output projection that was the table of
     * words becomes a weight of its own, {@link #weightName}; the table stays.
     *
     * @throws MergeRefusedException that names the first site that cannot be merged, and why
     */
    public static Map<String, float[]> merge(BaseModel base, Adapter adapter) {
        try (Compute compute = Compute.open(MathMode.FP32, 1)) {
            Merger merger = new Merger(compute, base, adapter.overlay());
            for (Site site : base.shape().sites()) {
                merger.site((ModelSite) site);
            }
            for (FrozenWeight weight : base.transformer().weights()) {
                AdapterParameter copy = adapter.overlay().replacement(weight);
                if (copy != null) {
                    merger.merged.put(weight.name(), copy.tensor().toArray());
                }
            }
            merger.untie(adapter);
            return merger.merged;
        }
    }

    /**
     * The weights that change at one site, by their names in the checkpoint; of a part of a fused projection the whole.
     *
     * @throws MergeRefusedException if it cannot be merged
     */
    static Map<String, float[]> mergeSite(Compute compute, BaseModel base, Adapter adapter, Site site) {
        Merger merger = new Merger(compute, base, adapter.overlay());
        merger.site((ModelSite) site);
        return merger.merged;
    }

    /** Under which name the weight of a site is merged: its own, but for an output projection that is the table of words. */
    static String weightName(BaseModel base, Site site) {
        return isTied(base, site)
                ? base.config().plan().language().weight()
                : site.weight().orElseThrow().name();
    }

    private static boolean isTied(BaseModel base, Site site) {
        return site.slot() == Slot.HEAD && base.config().plan().language().tied();
    }

    private void site(ModelSite site) {
        if (!overlay.hookedSites().contains(site)) {
            return;
        }
        if (site.slot().isLinear()) {
            linear(site);
        } else if (site.slot() == Slot.NORM) {
            norm(site);
        } else if (site.slot() == Slot.WORDS) {
            String name = site.frozenWeight().name();
            merged.put(name, new TableMerge(base, probe, overlay).table(site, merged.get(name)));
        } else {
            throw new MergeRefusedException(
                    site.path(),
                    "its hook acts at " + site.slot()
                            + ", and only linear sites, norms and tables of words have weights");
        }
    }

    /** Only where tokens are predicted: a classifier has no projection. */
    private void untie(Adapter adapter) {
        LanguagePlan plan = base.config().plan().language();
        if (plan != null && plan.tied() && adapter.labels().isEmpty() && !overlay.replacesWeights()) {
            FrozenWeight table = base.transformer().first().embedding().table().frozenWeight();
            if (merged.containsKey(table.name())) {
                TableMerge.untie(merged, table.name(), plan.weight(), table.copy(), this::untied);
            }
        }
    }

    private void linear(ModelSite site) {
        int in = site.inputSize();
        int out = site.outputSize();
        float[] bias = probe.linear(site, new float[in], true);
        float[] weight = new float[in * out];
        for (int from = 0; from < in; from += BLOCK) {
            int rows = Math.min(BLOCK, in - from);
            float[] identity = new float[rows * in];
            for (int i = 0; i < rows; i++) {
                identity[i * in + from + i] = SCALE;
            }
            float[] y = probe.linear(site, identity, true);
            requireSame(site, y, probe.linear(site, identity, false));
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < out; j++) {
                    weight[j * in + from + i] = (y[i * out + j] - bias[j]) / SCALE;
                }
            }
        }
        check(site, weight, bias);
        store(site, weight, bias);
    }

    private static void requireSame(ModelSite site, float[] asTime, float[] asBatch) {
        if (distance(asBatch, asTime) > TOLERANCE) {
            throw new MergeRefusedException(
                    site.path(), "its hook treats rows of one sequence otherwise than rows of several");
        }
    }

    private void check(ModelSite site, float[] weight, float[] bias) {
        int in = site.inputSize();
        int out = site.outputSize();
        CounterRandom random = new CounterRandom(in * 31L + out).with(site.path());
        for (double scale : SCALES) {
            float[] x = new float[in];
            for (int i = 0; i < in; i++) {
                x[i] = (float) (random.gaussian(i) * scale);
            }
            float[] want = probe.linear(site, x, true);
            float[] got = new float[out];
            for (int j = 0; j < out; j++) {
                double sum = bias[j];
                for (int i = 0; i < in; i++) {
                    sum += (double) x[i] * weight[j * in + i];
                }
                got[j] = (float) sum;
            }
            if (!(distance(got, want) <= TOLERANCE)) {
                throw new MergeRefusedException(
                        site.path(),
                        "its hook is not affine: at scale " + scale + " the result differs by " + distance(got, want));
            }
        }
    }

    private void store(ModelSite site, float[] weight, float[] bias) {
        if (isTied(base, site)) {
            merged.put(weightName(base, site), untied(weight));
        } else {
            put(site.frozenWeight(), weight);
        }
        if (site.frozenBias() != null) {
            put(site.frozenBias(), bias);
        } else {
            for (float value : bias) {
                if (value != 0) {
                    throw new MergeRefusedException(
                            site.path(), "its hook adds a bias, and this family has none there");
                }
            }
        }
    }

    /** A projection of its own has no factor in front: it takes it in. */
    private float[] untied(float[] weight) {
        double scale = base.config().plan().language().scale();
        float[] own = weight.clone();
        for (int i = 0; scale != 1 && i < own.length; i++) {
            own[i] = (float) (weight[i] * scale);
        }
        return own;
    }

    /** Stores new values; those of a part go into the whole, which may have changed at its own site. */
    private void put(FrozenWeight frozen, float[] values) {
        FrozenWeight whole = frozen.whole();
        if (whole == frozen) {
            merged.put(frozen.name(), values);
            return;
        }
        float[] all = merged.computeIfAbsent(whole.name(), name -> whole.copy());
        float[] before = frozen.copy();
        float[] untouched = whole.copy();
        int from = frozen.first() * (values.length / (int) frozen.shape()[0]);
        for (int i = 0; i < values.length; i++) {
            boolean same = all[from + i] == untouched[from + i];
            all[from + i] = same ? values[i] : all[from + i] + (values[i] - before[i]);
        }
    }

    private void norm(ModelSite site) {
        int width = site.outputSize();
        float[] shift = probe.norm(site, new float[width]);
        float[] ones = new float[width];
        java.util.Arrays.fill(ones, 1f);
        float[] scale = probe.norm(site, ones);
        float[] x = new float[width];
        CounterRandom random = new CounterRandom(width).with(site.path());
        float[] expected = new float[width];
        for (int i = 0; i < width; i++) {
            scale[i] -= shift[i];
            requireNoShift(site, shift[i]);
            x[i] = (float) random.gaussian(i);
            expected[i] = x[i] * scale[i] + shift[i];
        }
        if (!(distance(expected, probe.norm(site, x)) <= TOLERANCE)) {
            throw new MergeRefusedException(
                    site.path(), "its hook mixes features, and a norm has a scale and a shift only");
        }
        for (int i = 0; i < width; i++) {
            scale[i] -= (float) site.norm().offset();
        }
        merged.put(site.frozenWeight().name(), scale);
        if (site.frozenBias() != null) {
            merged.put(site.frozenBias().name(), shift);
        }
    }

    private static void requireNoShift(ModelSite site, float shift) {
        if (shift != 0 && site.frozenBias() == null) {
            throw new MergeRefusedException(site.path(), "its hook adds a shift, and this family has none there");
        }
    }

    /** max|a - b| / max|b|. */
    static double distance(float[] a, float[] b) {
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            difference = Math.max(difference, Math.abs((double) a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }
}
