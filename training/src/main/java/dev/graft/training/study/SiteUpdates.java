package dev.graft.training.study;

import dev.graft.autograd.Decompositions;
import dev.graft.autograd.Decompositions.LowRank;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.Merger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a run adds to the weights of some sites, each taken apart into singular values and vectors.
 *
 * @param run which one
 * @param parts of each site
 */
record SiteUpdates(Subject.TrainedAdapter run, Map<Site, LowRank> parts) {
    /** Sums of squares below this share of the whole are rounding. */
    private static final double ROUNDING = 1e-12;

    /**
     * The updates of all runs, at the linear sites that every one of them changes.
     *
     * @throws SettingsException if there is no such site
     */
    static List<SiteUpdates> of(Subject subject) throws IOException {
        List<Map<Site, float[]>> updates = new ArrayList<>();
        for (Subject.TrainedAdapter one : subject.adapters()) {
            updates.add(updates(subject, one));
        }
        List<Site> sites = updates.get(0).keySet().stream()
                .filter(site -> updates.stream().allMatch(one -> one.containsKey(site)))
                .toList();
        if (sites.isEmpty()) {
            throw new SettingsException("study spectrum: no linear site is changed by every variant; "
                    + "allowed: variants that share target modules");
        }
        List<SiteUpdates> runs = new ArrayList<>();
        for (int i = 0; i < updates.size(); i++) {
            Map<Site, LowRank> parts = new LinkedHashMap<>();
            for (Site site : sites) {
                int side = Math.min(site.inputSize(), site.outputSize());
                float[] update = updates.get(i).get(site);
                parts.put(site, Decompositions.singular(update, site.outputSize(), site.inputSize(), side));
            }
            runs.add(new SiteUpdates(subject.adapters().get(i), parts));
        }
        return runs;
    }

    /** [out, in] for each changed site. */
    private static Map<Site, float[]> updates(Subject subject, Subject.TrainedAdapter run) throws IOException {
        Map<Site, float[]> updates = new LinkedHashMap<>();
        try (Adapter adapter = AdapterFolder.load(subject.base(), subject.methods(), run.folder())
                .adapter()) {
            Map<String, float[]> merged = Merger.merge(subject.base(), adapter);
            for (Site site : subject.base().shape().sites()) {
                if (site.slot().isLinear() && site.layer() >= 0 && site.partOf().isEmpty()) {
                    float[] before = site.weight().orElseThrow().copy();
                    float[] after = merged.get(site.weight().orElseThrow().name());
                    if (after != null) {
                        updates.put(site, difference(after, before));
                    }
                }
            }
        }
        return updates;
    }

    private static float[] difference(float[] after, float[] before) {
        float[] difference = new float[after.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = after[i] - before[i];
        }
        return difference;
    }

    Map<String, Object> what() {
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("data", run.data());
        what.put("variant", run.variant());
        what.put("seed", run.seed());
        return what;
    }

    String text() {
        return run.text();
    }

    /** Share of the squares of the first singular values, mean over sites. */
    double share(int rank) {
        return mean(part -> squares(part.diagonal(), rank) / squares(part.diagonal(), part.diagonal().length));
    }

    /** How many singular values it takes to reach a share, mean over sites. */
    double ranksFor(double share) {
        return mean(part -> {
            double whole = squares(part.diagonal(), part.diagonal().length);
            int rank = 1;
            while (squares(part.diagonal(), rank) < share * whole - ROUNDING * whole) {
                rank++;
            }
            return rank;
        });
    }

    /** Overlap of leading right singular vectors, |U_i U_jᵀ|² / min(i, j), mean over sites. */
    double overlap(SiteUpdates other, int first, int second) {
        double sum = 0;
        for (Map.Entry<Site, LowRank> one : parts.entrySet()) {
            int width = one.getKey().inputSize();
            double[] a = one.getValue().right();
            double[] b = other.parts.get(one.getKey()).right();
            double squares = 0;
            for (int i = 0; i < first; i++) {
                for (int j = 0; j < second; j++) {
                    double product = 0;
                    for (int k = 0; k < width; k++) {
                        product += a[i * width + k] * b[j * width + k];
                    }
                    squares += product * product;
                }
            }
            sum += squares / Math.min(first, second);
        }
        return sum / parts.size();
    }

    /** Frobenius norm of the update, mean over sites. */
    double norm() {
        return mean(part -> norm(part.diagonal()));
    }

    /** |Uᵀ W V| for the update's first directions, mean over sites. */
    double projected(Map<Site, float[]> weights, int rank) {
        List<Double> norms = new ArrayList<>();
        parts.forEach((site, part) -> {
            int out = site.outputSize();
            int in = site.inputSize();
            float[] weight = weights.get(site);
            int side = part.diagonal().length;
            double squares = 0;
            for (int j = 0; j < rank; j++) {
                double[] image = new double[out]; // W v
                for (int o = 0; o < out; o++) {
                    for (int i = 0; i < in; i++) {
                        image[o] += weight[o * in + i] * part.right()[j * in + i];
                    }
                }
                for (int i = 0; i < rank; i++) {
                    double product = 0;
                    for (int o = 0; o < out; o++) {
                        product += part.left()[o * side + i] * image[o];
                    }
                    squares += product * product;
                }
            }
            norms.add(Math.sqrt(squares));
        });
        return norms.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    private double mean(ToDoubleFunction<LowRank> figure) {
        return parts.values().stream().mapToDouble(figure).average().orElse(Double.NaN);
    }

    private static double squares(double[] values, int first) {
        double sum = 0;
        for (int i = 0; i < Math.min(first, values.length); i++) {
            sum += values[i] * values[i];
        }
        return sum;
    }

    static double norm(double[] values) {
        return Math.sqrt(squares(values, values.length));
    }

    static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
