package dev.graft.training.study;

import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.TrainingBench;
import dev.graft.training.plan.Keys;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.Workers;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How LoRA may start (Hu et al. 2021, section 4.1): A random and B zero, the reverse, both zero, both random. LoRA refuses
 * to start with both at zero; here that is set by hand. Shown are how far the start is from the base, and how far A and B
 * move in some steps: with both at zero the gradient of each is a product with the other, so neither ever moves.
 */
final class Starts implements Study {
    private static final String A = "lora_A";
    private static final String B = "lora_B";
    private static final List<String> LABELS = List.of("0", "1");

    /** A start: the setting, and whether A is set to zero as well. */
    private record Start(String name, Object setting, boolean zeroA) {}

    private static final List<Start> STARTS = List.of(
            new Start("A random, B zero", true, false),
            new Start("A zero, B random", "a_zero", false),
            new Start("both zero", true, true),
            new Start("both random", false, false));

    @Override
    public String id() {
        return "starts";
    }

    @Override
    public Set<String> keys() {
        return Set.of("method", "r", "steps", "batch", "length");
    }

    @Override
    public Task read(Keys options) {
        String method = options.text("method");
        int rank = options.count("r", 8, 1);
        var work = new TrainingBench.Work(
                options.count("batch", 8, 1), options.count("length", 16, 1), 4, options.count("steps", 5, 1), 0);
        return subject -> run(subject, method, rank, work);
    }

    private StudyResult run(Subject subject, String method, int rank, TrainingBench.Work work) {
        if (subject.base().config().generates()) {
            throw new SettingsException("study starts compares classes, but " + subject.name()
                    + " predicts tokens; allowed: a base that does not, such as minilm");
        }
        List<List<String>> rows = new ArrayList<>();
        List<StudyResult.Row> all = new ArrayList<>();
        for (Start start : STARTS) {
            Map<String, Object> settings = Map.of("r", rank, "lora_alpha", rank, "init_lora_weights", start.setting());
            try (Workers workers = subject.workers().get();
                    Adapter adapter = Adapter.create(subject.base(), subject.methods(), method, settings, LABELS, 0)) {
                if (named(adapter, A).isEmpty() || named(adapter, B).isEmpty()) {
                    throw new SettingsException("study starts: method " + method + " has no " + A + " and " + B
                            + "; allowed: a method that has, such as LoRA");
                }
                if (start.zeroA()) {
                    named(adapter, A).forEach(one -> Tiles.fill(one.tensor(), 0));
                }
                Map<String, Object> figures = figures(subject, adapter, workers, work);
                all.add(new StudyResult.Row(Map.of("start", start.name()), figures, Map.of()));
                List<String> row = new ArrayList<>(List.of(start.name()));
                figures.values().forEach(value -> row.add(Numbers.small((double) value)));
                rows.add(row);
            }
        }
        String title = "How LoRA may start";
        String note =
                "Rank " + rank + ", " + (work.steps() + TrainingBench.WARM_UP) + " AdamW steps on " + work.batchSize()
                        + " random rows of " + work.length() + " tokens. The distance from the base is the largest "
                        + "difference of a logit, with the same classifier; the others are the largest change of an element.";
        Table table =
                new Table(title, List.of("start", "distance from the base", "change of A", "change of B"), 1, rows);
        return new StudyResult(id(), subject.name(), title, note, List.of(new StudyResult.Part(table)), all);
    }

    private static Map<String, Object> figures(
            Subject subject, Adapter adapter, Workers workers, TrainingBench.Work work) {
        Map<String, Object> figures = new LinkedHashMap<>();
        TrainingBench bench = new TrainingBench(subject.base(), adapter, workers, work);
        figures.put("start_difference", distance(adapter, bench));
        Map<String, float[]> before = values(adapter);
        bench.train();
        figures.put("change_of_a", change(adapter, before, A));
        figures.put("change_of_b", change(adapter, before, B));
        return figures;
    }

    /** How far the logits are from those without the product, whose A and B are put back afterwards. */
    private static double distance(Adapter adapter, TrainingBench bench) {
        float[][] with = bench.logits();
        Map<String, float[]> kept = values(adapter);
        adapter.tensors().trained().stream()
                .filter(one -> is(one, A) || is(one, B))
                .forEach(one -> Tiles.fill(one.tensor(), 0));
        float[][] without = bench.logits();
        adapter.tensors().trained().forEach(one -> Tiles.write(kept.get(one.name()), one.tensor()));
        double largest = 0;
        for (int i = 0; i < with.length; i++) {
            for (int j = 0; j < with[i].length; j++) {
                largest = Math.max(largest, Math.abs(with[i][j] - without[i][j]));
            }
        }
        return largest;
    }

    private static Map<String, float[]> values(Adapter adapter) {
        Map<String, float[]> values = new LinkedHashMap<>();
        adapter.tensors()
                .trained()
                .forEach(one -> values.put(one.name(), one.tensor().toArray()));
        return values;
    }

    private static double change(Adapter adapter, Map<String, float[]> before, String part) {
        double largest = 0;
        for (AdapterParameter one : named(adapter, part)) {
            float[] now = one.tensor().toArray();
            float[] then = before.get(one.name());
            for (int i = 0; i < now.length; i++) {
                largest = Math.max(largest, Math.abs(now[i] - then[i]));
            }
        }
        return largest;
    }

    private static List<AdapterParameter> named(Adapter adapter, String part) {
        return adapter.tensors().trained().stream().filter(one -> is(one, part)).toList();
    }

    private static boolean is(AdapterParameter one, String part) {
        return one.name().contains("." + part + ".");
    }
}
