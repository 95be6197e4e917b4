package dev.graft.training.study;

import dev.graft.peft.spi.SettingsException;
import dev.graft.training.TrainingBench;
import dev.graft.training.plan.Keys;
import dev.graft.training.probe.Estimate;
import dev.graft.training.report.Bars;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.PublishedShapes;
import dev.graft.transformer.model.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What methods take: trained parameters, bytes of gradients and of AdamW's two moments, multiply-adds of matrix products
 * forward and in a training step, counted as they are done, and the measured time of a step with the memory of its values.
 * Estimates for published shapes, of any size, may stand below.
 */
final class Cost implements Study {
    private static final List<String> LABELS = List.of("0", "1");

    /** A method with its settings. */
    private record Method(String name, String id, Map<String, Object> settings) {}

    /** An estimate: a method on a shape. */
    private record Wanted(String shape, Method method) {}

    @Override
    public String id() {
        return "cost";
    }

    @Override
    public Set<String> keys() {
        return Set.of("methods", "batch", "length", "steps", "estimates");
    }

    @Override
    public Task read(Keys options) {
        String listed = "ids of methods, or objects with \"method\" and \"set\"";
        List<Method> methods = new ArrayList<>();
        for (Object one : options.require("methods", options.list("methods", listed), "a list of " + listed)) {
            methods.add(method(options.where("methods"), one));
        }
        var work = new TrainingBench.Work(
                options.count("batch", 8, 1), options.count("length", 128, 1), 4, options.count("steps", 5, 1), 0);
        List<Object> estimates = options.list("estimates", "objects with \"shape\" and \"method\"");
        List<Wanted> wanted = (estimates == null ? List.of() : estimates)
                .stream().map(one -> wanted(options.where("estimates"), one)).toList();
        return subject -> run(subject, methods, work, wanted);
    }

    private static Method method(String where, Object entry) {
        Map<String, Object> object = entry instanceof String id ? Map.of("method", id) : Keys.object(where, entry);
        return method(new Keys(where, object, Set.of("method", "set", "name")));
    }

    private static Method method(Keys keys) {
        String id = keys.text("method");
        return new Method(keys.text("name", id), id, keys.object("set"));
    }

    private static Wanted wanted(String where, Object entry) {
        Keys keys = new Keys(where, Keys.object(where, entry), Set.of("shape", "method", "set", "name"));
        return new Wanted(keys.word("shape", null, PublishedShapes.names()), method(keys));
    }

    private StudyResult run(Subject subject, List<Method> methods, TrainingBench.Work work, List<Wanted> wanted) {
        List<StudyResult.Row> rows = new ArrayList<>();
        for (Method method : methods) {
            rows.add(row(subject, method, work));
        }
        List<StudyResult.Part> parts = new ArrayList<>();
        parts.add(new StudyResult.Part(table(rows), picture(rows)));
        for (Wanted one : wanted) {
            parts.add(new StudyResult.Part(estimate(subject, one, rows)));
        }
        String note = "A step is " + work.batchSize() + " rows of " + work.length()
                + " tokens. Multiply-adds are those of all matrix products, counted as they are done: a frozen weight "
                + "has no gradient, and nothing goes back below the lowest thing that is trained. MiB of values: "
                + "the most that activations and gradients of values took on all threads together.";
        return new StudyResult(id(), subject.name(), "What methods take", note, parts, rows);
    }

    private static StudyResult.Row row(Subject subject, Method method, TrainingBench.Work work) {
        try (Adapter adapter =
                Adapter.create(subject.base(), subject.methods(), method.id(), method.settings(), LABELS, 0)) {
            Map<String, Object> figures = new LinkedHashMap<>();
            long trained = adapter.trainedCount();
            figures.put("trainable_parameters", trained);
            figures.put("gradient_bytes", Float.BYTES * trained);
            figures.put("optimizer_bytes", 2 * Float.BYTES * trained);
            count(subject, adapter, work, figures);
            Map<String, Object> measured = new LinkedHashMap<>();
            try (Workers workers = subject.workers().get()) {
                var figure = new TrainingBench(subject.base(), adapter, workers, work).train();
                measured.put("ms_per_step", figure.msPerStep());
                measured.put("value_bytes", workers.passBytes());
            }
            return new StudyResult.Row(Map.of("method", method.name()), figures, measured);
        } catch (SettingsException e) {
            throw new SettingsException("study cost, method " + method.name() + ": " + e.getMessage());
        }
    }

    /** Multiply-adds of a pass and of a step: the bench does each once more than its warm-up. */
    private static void count(Subject subject, Adapter adapter, TrainingBench.Work work, Map<String, Object> figures) {
        AtomicLong count = new AtomicLong();
        var once = new TrainingBench.Work(work.batchSize(), work.length(), work.microBatch(), 1, work.seed());
        try (Workers own = subject.workers().get();
                Workers workers = new Workers(own.math(), 1, kernels -> new CountingKernels(kernels, count))) {
            TrainingBench bench = new TrainingBench(subject.base(), adapter, workers, once);
            bench.infer(0);
            long forward = count.getAndSet(0) / (TrainingBench.WARM_UP + 1);
            bench.train();
            figures.put("multiply_adds_forward", forward);
            figures.put("multiply_adds_step", count.get() / (TrainingBench.WARM_UP + 1));
        }
    }

    private static Table table(List<StudyResult.Row> rows) {
        double first = number(rows.get(0), "multiply_adds_step");
        List<List<String>> cells = new ArrayList<>();
        for (StudyResult.Row row : rows) {
            cells.add(List.of(
                    name(row),
                    Numbers.whole((long) number(row, "trainable_parameters")),
                    Numbers.fixed(number(row, "gradient_bytes") / (1 << 20), 2),
                    Numbers.fixed(number(row, "optimizer_bytes") / (1 << 20), 2),
                    Numbers.fixed(number(row, "multiply_adds_forward") / 1e9, 2),
                    Numbers.fixed(number(row, "multiply_adds_step") / 1e9, 2),
                    Numbers.fixed(100 * number(row, "multiply_adds_step") / first, 1),
                    Numbers.fixed(number(row, "ms_per_step"), 1),
                    Numbers.fixed(number(row, "value_bytes") / (1 << 20), 0)));
        }
        return new Table(
                "Parameters, memory and compute",
                List.of(
                        "method",
                        "trained",
                        "gradients MiB",
                        "moments MiB",
                        "forward G",
                        "step G",
                        "% of the first",
                        "ms/step",
                        "values MiB"),
                1,
                cells);
    }

    private static String picture(List<StudyResult.Row> rows) {
        double[][] values = rows.stream()
                .map(row -> new double[] {
                    number(row, "multiply_adds_forward") / 1e9, number(row, "multiply_adds_step") / 1e9
                })
                .toArray(double[][]::new);
        return Bars.of(
                "Billions of multiply-adds",
                "billions of multiply-adds",
                rows.stream().map(Cost::name).toList(),
                List.of("forward", "step"),
                values,
                2);
    }

    private static String name(StudyResult.Row row) {
        return row.what().get("method").toString();
    }

    private static double number(StudyResult.Row row, String key) {
        Object value = row.figures().containsKey(key)
                ? row.figures().get(key)
                : row.measured().get(key);
        return ((Number) value).doubleValue();
    }

    /** The arithmetic of {@code graft estimate} in 2 bytes a number. */
    private static Table estimate(Subject subject, Wanted wanted, List<StudyResult.Row> rows) {
        Method method = wanted.method();
        Estimate estimate = Estimate.of(
                PublishedShapes.get(wanted.shape()), subject.methods(), method.id(), method.settings(), List.of(), 2);
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("shape", wanted.shape());
        what.put("estimate", method.name());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("base_parameters", estimate.parameters());
        figures.put("trainable_parameters", estimate.trainable());
        figures.put("adapter_bytes", estimate.adapterBytes());
        figures.put("training_bytes", estimate.trainingBytes());
        figures.put("full_training_bytes", estimate.fullBytes());
        rows.add(new StudyResult.Row(what, figures, Map.of()));
        return new Table(
                "Estimate: " + method.name() + " on " + wanted.shape(),
                List.of("what", "arithmetic"),
                2,
                estimate.lines());
    }
}
