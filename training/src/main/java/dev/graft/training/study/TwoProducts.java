package dev.graft.training.study;

import dev.graft.peft.spi.Site;
import dev.graft.training.plan.Keys;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import dev.graft.transformer.model.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The two ways to write LoRA (Hu et al. 2021, equation 3): Y = X (W0 + B A)ᵀ makes the weight first, Y = X W0ᵀ + (X Aᵀ) Bᵀ
 * never does. Multiply-adds are counted as they are done, and stand beside the formulas; time and memory are measured, and
 * the gradients of A and B compared. The first way needs the gradient of the whole weight, [out, in].
 */
final class TwoProducts implements Study {
    private static final String NOTE =
            "For n rows, d inputs, k outputs and rank r; a step is forward and backward, with the "
                    + "gradient of X. W is made: Y = X (W0 + B A) takes n d k + r d k multiply-adds forward, and 2 n d k + 2 r d k "
                    + "backward, where the gradient of the whole weight is made on the way to those of A and B. W is not made: "
                    + "Y = X W0 + (X A) B takes n d k + n r (d + k) forward, and n d k + 2 n r (d + k) backward.";

    @Override
    public String id() {
        return "two-products";
    }

    @Override
    public Set<String> keys() {
        return Set.of("rows", "ranks", "repeats");
    }

    @Override
    public Task read(Keys options) {
        int rows = options.count("rows", 512, 1);
        List<Integer> ranks = options.counts("ranks", List.of(8));
        int repeats = options.count("repeats", 9, 1);
        return subject -> run(subject, rows, ranks, repeats);
    }

    private StudyResult run(Subject subject, int rows, List<Integer> ranks, int repeats) {
        List<StudyResult.Row> all = new ArrayList<>();
        List<List<String>> work = new ArrayList<>();
        List<List<String>> costs = new ArrayList<>();
        try (Workers workers = subject.workers().get()) {
            for (List<Integer> size : sizes(subject)) {
                for (int rank : ranks) {
                    var product = new LowRankProduct(workers.math(), size.get(0), size.get(1), rank, rows);
                    var whole = product.run(true, repeats);
                    var thin = product.run(false, repeats);
                    all.add(row(product, whole, thin));
                    work.add(work(product, whole, thin));
                    costs.add(cost(product, whole, thin));
                }
            }
        }
        return new StudyResult(
                id(), subject.name(), "Two ways to write LoRA", NOTE, List.of(workTable(work), costTable(costs)), all);
    }

    private static StudyResult.Part workTable(List<List<String>> rows) {
        return new StudyResult.Part(new Table(
                "Multiply-adds of a step, counted and by formula; gradients of A and B",
                List.of("rows x in x out", "W made", "formula", "W not made", "formula", "difference"),
                1,
                rows));
    }

    private static StudyResult.Part costTable(List<List<String>> rows) {
        return new StudyResult.Part(new Table(
                "A step, one thread, median",
                List.of("rows x in x out", "ms, W made", "ms, not made", "KiB, W made", "KiB, not made"),
                1,
                rows));
    }

    private static List<String> work(LowRankProduct product, LowRankProduct.Found whole, LowRankProduct.Found thin) {
        return List.of(
                product.text(),
                Numbers.whole(whole.multiplyAdds()),
                Numbers.whole(product.formula(true)),
                Numbers.whole(thin.multiplyAdds()),
                Numbers.whole(product.formula(false)),
                Numbers.small(whole.difference(thin)));
    }

    private static List<String> cost(LowRankProduct product, LowRankProduct.Found whole, LowRankProduct.Found thin) {
        return List.of(
                product.text(),
                Numbers.fixed(whole.millis(), 2),
                Numbers.fixed(thin.millis(), 2),
                Numbers.whole(whole.bytes() >> 10),
                Numbers.whole(thin.bytes() >> 10));
    }

    /** Inputs and outputs of the base's projections, each pair once. */
    private static Set<List<Integer>> sizes(Subject subject) {
        Set<List<Integer>> sizes = new LinkedHashSet<>();
        for (Site site : subject.base().shape().sites()) {
            if (site.slot().isLinear() && site.layer() >= 0) {
                sizes.add(List.of(site.inputSize(), site.outputSize()));
            }
        }
        return sizes;
    }

    private static StudyResult.Row row(LowRankProduct product, LowRankProduct.Found whole, LowRankProduct.Found thin) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("multiply_adds_weight_made", whole.multiplyAdds());
        figures.put("multiply_adds_weight_not_made", thin.multiplyAdds());
        figures.put("gradient_difference", whole.difference(thin));
        figures.put("weight_gradient_bytes", Float.BYTES * (long) product.in() * product.out());
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("ms_weight_made", whole.millis());
        measured.put("ms_weight_not_made", thin.millis());
        measured.put("bytes_weight_made", whole.bytes());
        measured.put("bytes_weight_not_made", thin.bytes());
        return new StudyResult.Row(product.what(), figures, measured);
    }
}
