package dev.graft.training.probe;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.training.report.Numbers;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.ModelConfig;
import dev.graft.transformer.model.overlay.AdapterParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What training a model of some size takes, by arithmetic alone: the model and the adapter are laid out as for a run, but
 * without memory, and counted. So the counts are those of real runs, at any size.
 *
 * @param base the base's weights, those of all layers together
 * @param trained the trained tensors, the same way
 * @param parameters of the base
 * @param trainable numbers that are trained
 * @param full true for full fine-tuning, which trains a copy of the base and needs no frozen one
 * @param bytes of a number
 */
public record Estimate(List<Item> base, List<Item> trained, long parameters, long trainable, boolean full, int bytes) {
    /** Copies the lists. */
    public Estimate {
        base = List.copyOf(base);
        trained = List.copyOf(trained);
    }

    /**
     * Tensors of one kind, such as the same weight of every layer.
     *
     * @param name with a star for the number of the layer
     * @param count how many
     * @param shape of each
     */
    public record Item(String name, long count, List<Long> shape) {
        /** Elements of one. */
        long each() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }

        /** Elements of all. */
        public long elements() {
            return Math.multiplyExact(count, each());
        }

        /** 96 x [12288 x 4] = 4,718,592. */
        public String text() {
            return Numbers.whole(count) + " x ["
                    + shape.stream().map(String::valueOf).collect(Collectors.joining(" x ")) + "] = "
                    + Numbers.whole(elements());
        }
    }

    /**
     * Counts.
     *
     * @param method a method, head or full
     * @param labels classes, empty for a model that predicts tokens
     * @param bytes of a number in memory and in files
     * @throws dev.graft.peft.spi.SettingsException if the method or a setting is wrong
     */
    public static Estimate of(
            ModelConfig config,
            PeftMethods methods,
            String method,
            Map<String, ?> settings,
            List<String> labels,
            int bytes) {
        try (BaseModel base = BaseModel.outline(config);
                Adapter adapter = Adapter.outline(base, methods, method, settings, labels)) {
            Map<String, long[]> trained = new LinkedHashMap<>();
            for (AdapterParameter parameter : adapter.tensors().trained()) {
                trained.put(parameter.name(), parameter.shape());
            }
            return new Estimate(
                    items(base.weightShapes()),
                    items(trained),
                    base.shape().parameters(),
                    adapter.trainedCount(),
                    method.equals(Adapter.FULL),
                    bytes);
        }
    }

    private static List<Item> items(Map<String, long[]> shapes) {
        Map<List<Object>, Long> counts = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            String kind = name.replaceAll("\\.\\d+(?=\\.)", ".*");
            counts.merge(List.of(kind, Arrays.stream(shape).boxed().toList()), 1L, Long::sum);
        });
        List<Item> items = new ArrayList<>();
        counts.forEach((kind, count) -> {
            @SuppressWarnings("unchecked") // put in above
            List<Long> shape = (List<Long>) kind.get(1);
            items.add(new Item(kind.get(0).toString(), count, shape));
        });
        return items;
    }

    /** Bytes of the whole base in a file. */
    public long baseBytes() {
        return Math.multiplyExact(parameters, bytes);
    }

    /** Bytes of what is trained, in a file. */
    public long adapterBytes() {
        return Math.multiplyExact(trainable, bytes);
    }

    /** Bytes of weights, gradients and AdamW's two moments of full fine-tuning. */
    public long fullBytes() {
        return 4 * baseBytes();
    }

    /** The same of this training: frozen weights, and four numbers for each that is trained. */
    public long trainingBytes() {
        return 4 * adapterBytes() + (full ? 0 : baseBytes());
    }

    /** The arithmetic, line by line: what, how, and what comes out. */
    public List<List<String>> lines() {
        List<List<String>> lines = new ArrayList<>();
        base.forEach(item -> lines.add(List.of("base: " + item.name(), item.text())));
        lines.add(List.of("base, all", Numbers.whole(parameters)));
        trained.forEach(item -> lines.add(List.of("trained: " + item.name(), item.text())));
        lines.add(List.of("trained, all", Numbers.whole(trainable)));
        lines.add(List.of(
                "trained of the base",
                String.format(
                        Locale.ROOT,
                        "%s / %s = %.6f %%, %s times fewer",
                        Numbers.whole(trainable),
                        Numbers.whole(parameters),
                        100.0 * trainable / parameters,
                        Numbers.whole(Math.round((double) parameters / Math.max(1, trainable))))));
        lines.add(List.of("file of the base", times(parameters, 1) + " = " + size(baseBytes())));
        lines.add(List.of("file of what is trained", times(trainable, 1) + " = " + size(adapterBytes())));
        lines.add(List.of(
                "memory of full fine-tuning, without activations",
                "weights, gradients, two moments: " + times(parameters, 4) + " = " + size(fullBytes())));
        lines.add(List.of(
                "memory of this training, without activations",
                (full ? "" : "frozen weights " + times(parameters, 1) + " + ") + "weights, gradients, two moments: "
                        + times(trainable, 4) + " = " + size(trainingBytes())));
        lines.add(List.of(
                "memory of this beside full",
                String.format(Locale.ROOT, "%.1f %%", 100.0 * trainingBytes() / fullBytes())));
        return lines;
    }

    private String times(long numbers, int each) {
        return (each == 1 ? "" : each + " x ") + Numbers.whole(numbers) + " x " + bytes + " bytes";
    }

    /** In powers of ten: 350.0 GB. */
    static String size(long bytes) {
        if (bytes >= 1_000_000_000) {
            return Numbers.fixed(bytes / 1e9, 1) + " GB";
        }
        return Numbers.fixed(bytes / 1e6, 1) + " MB";
    }
}
