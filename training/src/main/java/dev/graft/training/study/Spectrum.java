package dev.graft.training.study;

import dev.graft.autograd.Decompositions;
import dev.graft.peft.spi.SettingsException;
import dev.graft.peft.spi.Site;
import dev.graft.training.plan.Keys;
import dev.graft.training.report.HeatMap;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether updates have a low rank (Hu et al. 2021, section 7): the singular values of what each run adds to the base's
 * weights, how far the runs' leading subspaces agree, and what an update amplifies of W0. All means are over the linear sites
 * that every run changes.
 */
final class Spectrum implements Study {
    /** A pair of runs and their overlap, [some of the first, some of the second]. */
    private record Pair(SiteUpdates first, SiteUpdates second) {
        String text() {
            return first.text() + " and " + second.text();
        }
    }

    @Override
    public String id() {
        return "spectrum";
    }

    @Override
    public Set<String> keys() {
        return Set.of("ranks", "overlaps", "amplified");
    }

    @Override
    public boolean needsAdapters() {
        return true;
    }

    @Override
    public Task read(Keys options) {
        List<Integer> ranks = options.counts("ranks", List.of(1, 2, 4, 8, 16, 64));
        List<Integer> overlaps = options.counts("overlaps", List.of(1, 2, 4, 8));
        int amplified = options.count("amplified", 4, 1);
        return subject -> run(subject, ranks, overlaps, amplified);
    }

    private StudyResult run(Subject subject, List<Integer> ranks, List<Integer> overlaps, int amplified)
            throws IOException {
        if (subject.adapters().isEmpty()) {
            throw new SettingsException("study spectrum looks at adapters, but the experiment trained none on "
                    + subject.name() + "; give it methods and data");
        }
        List<SiteUpdates> runs = SiteUpdates.of(subject);
        List<Site> sites = List.copyOf(runs.get(0).parts().keySet());
        List<StudyResult.Row> rows = new ArrayList<>();
        List<StudyResult.Part> parts = new ArrayList<>();
        parts.add(new StudyResult.Part(energy(runs, ranks, rows)));
        for (Pair pair : pairs(runs)) {
            parts.add(overlap(pair, overlaps, rows));
        }
        parts.add(new StudyResult.Part(amplification(subject, sites, runs, amplified, rows)));
        String note = "Updates are what a run adds to a weight, found by merging; " + sites.size()
                + " sites are changed by every run. The share of the first i singular values is that of their squares. "
                + "The overlap of the first i directions of one update and the first j of another is |U_i U_jᵀ|² / "
                + "min(i, j), of right singular vectors (Hu et al. 2021, equation 4): 1 where one subspace holds the "
                + "other, about max(i, j) / width by chance. The amplification is |update| / |Uᵀ W0 V| for the "
                + "update's first " + amplified + " directions U and V (section 7.3).";
        return new StudyResult(id(), subject.name(), "Singular values and subspaces of updates", note, parts, rows);
    }

    private static Table energy(List<SiteUpdates> runs, List<Integer> ranks, List<StudyResult.Row> rows) {
        List<String> columns = new ArrayList<>(List.of("run"));
        ranks.forEach(rank -> columns.add("first " + rank + ", %"));
        columns.add("for 90 %");
        List<List<String>> cells = new ArrayList<>();
        for (SiteUpdates run : runs) {
            Map<String, Object> figures = new LinkedHashMap<>();
            List<String> row = new ArrayList<>(List.of(run.text()));
            for (int rank : ranks) {
                double share = run.share(rank);
                figures.put("share_of_first_" + rank, share);
                row.add(Numbers.fixed(100 * share, 1));
            }
            double most = run.ranksFor(0.9);
            figures.put("rank_for_90_percent", most);
            row.add(Numbers.fixed(most, 1));
            rows.add(new StudyResult.Row(run.what(), figures, Map.of()));
            cells.add(row);
        }
        return new Table("Share of an update in its first singular values, mean over sites", columns, 1, cells);
    }

    /** Different variants with the first seed on the same data, and two seeds of the same variant. */
    private static List<Pair> pairs(List<SiteUpdates> runs) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            for (int j = i + 1; j < runs.size(); j++) {
                Subject.TrainedAdapter a = runs.get(i).run();
                Subject.TrainedAdapter b = runs.get(j).run();
                boolean variants = !a.variant().equals(b.variant()) && first(runs, a) && first(runs, b);
                boolean seeds = a.variant().equals(b.variant()) && first(runs, a) && second(runs, b);
                if (a.data().equals(b.data()) && (variants || seeds)) {
                    pairs.add(new Pair(runs.get(i), runs.get(j)));
                }
            }
        }
        return pairs;
    }

    private static boolean first(List<SiteUpdates> runs, Subject.TrainedAdapter one) {
        return place(runs, one) == 0;
    }

    private static boolean second(List<SiteUpdates> runs, Subject.TrainedAdapter one) {
        return place(runs, one) == 1;
    }

    /** How many runs of the same variant and data are before. */
    private static int place(List<SiteUpdates> runs, Subject.TrainedAdapter one) {
        List<Subject.TrainedAdapter> same = runs.stream()
                .map(SiteUpdates::run)
                .filter(run -> run.variant().equals(one.variant()) && run.data().equals(one.data()))
                .toList();
        return same.indexOf(one);
    }

    private static StudyResult.Part overlap(Pair pair, List<Integer> sizes, List<StudyResult.Row> rows) {
        double[][] means = new double[sizes.size()][sizes.size()];
        List<List<String>> cells = new ArrayList<>();
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int i = 0; i < means.length; i++) {
            List<String> row = new ArrayList<>(List.of(String.valueOf(sizes.get(i))));
            for (int j = 0; j < means.length; j++) {
                means[i][j] = pair.first().overlap(pair.second(), sizes.get(i), sizes.get(j));
                figures.put("overlap_" + sizes.get(i) + "_" + sizes.get(j), means[i][j]);
                row.add(Numbers.fixed(means[i][j], 3));
            }
            cells.add(row);
        }
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("first", pair.first().what());
        what.put("second", pair.second().what());
        rows.add(new StudyResult.Row(what, figures, Map.of()));
        List<String> names = sizes.stream().map(String::valueOf).toList();
        List<String> columns = new ArrayList<>(List.of("first \\ second"));
        columns.addAll(names);
        String title = "Overlap of the leading subspaces of " + pair.text();
        return new StudyResult.Part(
                new Table(title, columns, 1, cells),
                HeatMap.of(title, "directions of the first", names, "of the second", names, means, 2));
    }

    private static Table amplification(
            Subject subject, List<Site> sites, List<SiteUpdates> runs, int rank, List<StudyResult.Row> rows) {
        List<List<String>> cells = new ArrayList<>();
        Map<Site, float[]> weights = new LinkedHashMap<>();
        sites.forEach(site -> weights.put(site, site.weight().orElseThrow().copy()));
        double own = 0;
        double whole = 0;
        for (Site site : sites) {
            var parts = Decompositions.singular(weights.get(site), site.outputSize(), site.inputSize(), rank);
            own += SiteUpdates.norm(parts.diagonal()) / sites.size();
            whole += SiteUpdates.norm(weights.get(site)) / sites.size();
        }
        for (SiteUpdates run : runs) {
            double update = run.norm();
            double seen = run.projected(weights, rank);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("update_norm", update);
            figures.put("weight_in_updates_directions", seen);
            figures.put("weight_in_its_own_directions", own);
            figures.put("weight_norm", whole);
            figures.put("amplification", update / seen);
            Map<String, Object> what = new LinkedHashMap<>(run.what());
            what.put("amplified_rank", rank);
            rows.add(new StudyResult.Row(what, figures, Map.of()));
            cells.add(List.of(
                    run.text(),
                    Numbers.fixed(update, 3),
                    Numbers.fixed(seen, 3),
                    Numbers.fixed(own, 3),
                    Numbers.fixed(whole, 2),
                    Numbers.fixed(update / seen, 1)));
        }
        return new Table(
                "What updates amplify on " + subject.name() + ": Frobenius norms, mean over sites, " + rank
                        + " directions",
                List.of("run", "|update|", "|W0| in its directions", "in W0's own", "|W0|", "amplification"),
                1,
                cells);
    }
}
