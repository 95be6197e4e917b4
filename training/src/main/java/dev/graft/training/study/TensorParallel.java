package dev.graft.training.study;

import dev.graft.peft.spi.ModelShape;
import dev.graft.peft.spi.SettingsException;
import dev.graft.training.plan.Keys;
import dev.graft.training.report.Numbers;
import dev.graft.training.report.Table;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.PublishedShapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What adapters add to the communication of tensor parallelism, by arithmetic.
 *
 * <p>Under tensor parallelism (Shoeybi et al. 2019, arXiv 1909.08053, section 3) a layer's two blocks, attention and
 * feed-forward, end in one all-reduce each of the hidden states forward, and begin with one each of their gradients backward:
 * 4 of n h numbers a layer and step, for n tokens and hidden size h. A ring all-reduce of m numbers over p devices sends
 * 2 (p - 1) / p m numbers from each device.
 *
 * <p>A bottleneck behind a block reads the whole hidden state. Cut over the devices as the block is, its end needs an
 * all-reduce of n h numbers forward and its beginning one backward; held whole by each device, it needs none and every
 * device computes it again. LoRA on query and value: B is cut as W0 is, and A is held by each device. X A needs no
 * communication, the gradient of X is summed with that of W0, and only the gradient of A, r h numbers a site, is summed over
 * the devices; it does not grow with the tokens. Merged for inference LoRA adds nothing.
 */
final class TensorParallel implements Study {
    private static final int REDUCES_OF_A_LAYER = 4;

    @Override
    public String id() {
        return "tensor-parallel";
    }

    @Override
    public Set<String> keys() {
        return Set.of("shapes", "devices", "tokens", "r", "bytes");
    }

    @Override
    public Task read(Keys options) {
        List<Object> shapes = options.list("shapes", "names of shapes");
        for (Object shape : shapes == null ? List.of() : shapes) {
            if (!PublishedShapes.names().contains(shape)) {
                throw new SettingsException(options.where("shapes") + " has " + shape + "; allowed: "
                        + String.join(", ", PublishedShapes.names()));
            }
        }
        List<Integer> devices = options.counts("devices", List.of(2, 4, 8));
        Step step = new Step(
                options.count("tokens", 2048, 1), options.count("r", 4, 1), (int) options.whole("bytes", 2, 1, 8));
        return subject -> run(subject, shapes == null ? List.of() : shapes, devices, step);
    }

    /**
     * A step.
     *
     * @param tokens of all its rows
     * @param rank of LoRA
     * @param bytes of a number
     */
    private record Step(long tokens, int rank, int bytes) {}

    /** Numbers that all devices sum in a step, for each way. */
    private record Sums(long base, long houlsby, long pfeiffer, long lora) {
        static Sums of(ModelShape shape, Step step) {
            long hidden = step.tokens() * shape.hiddenSize();
            return new Sums(
                    (long) REDUCES_OF_A_LAYER * shape.layers() * hidden,
                    2L * 2 * shape.layers() * hidden, // two bottlenecks a layer, forward and backward
                    2L * shape.layers() * hidden,
                    2L * shape.layers() * step.rank() * shape.hiddenSize()); // query and value
        }
    }

    private StudyResult run(Subject subject, List<Object> names, List<Integer> devices, Step step) {
        List<List<String>> rows = new ArrayList<>();
        List<StudyResult.Row> all = new ArrayList<>();
        add(subject.name(), subject.base().shape(), devices, step, rows, all);
        for (Object name : names) {
            try (BaseModel outline = BaseModel.outline(PublishedShapes.get(name.toString()))) {
                add(name.toString(), outline.shape(), devices, step, rows, all);
            }
        }
        String title = "Bytes that a device sends in a step under tensor parallelism";
        String note = "By arithmetic, for " + Numbers.whole(step.tokens()) + " tokens, " + step.bytes()
                + " bytes a number and ring all-reduces, which send 2 (p - 1) / p times what is summed. The base sums "
                + "4 x layers x tokens x hidden numbers a step; bottlenecks that are cut over the devices add 2 x layers x "
                + "tokens x hidden for each of a layer's (Houlsby: two, Pfeiffer: one); LoRA of rank "
                + step.rank() + " on query and value adds 2 x layers x rank x hidden, whatever the number of tokens.";
        Table table = new Table(
                title,
                List.of(
                        "shape",
                        "devices",
                        "base MB",
                        "+ Houlsby MB",
                        "+ Pfeiffer MB",
                        "+ LoRA MB",
                        "Houlsby %",
                        "LoRA %"),
                1,
                rows);
        return new StudyResult(id(), subject.name(), title, note, List.of(new StudyResult.Part(table)), all);
    }

    private static void add(
            String name,
            ModelShape shape,
            List<Integer> devices,
            Step step,
            List<List<String>> rows,
            List<StudyResult.Row> all) {
        Sums sums = Sums.of(shape, step);
        for (int p : devices) {
            double sent = 2.0 * (p - 1) / p * step.bytes();
            Map<String, Object> what = new LinkedHashMap<>();
            what.put("shape", name);
            what.put("devices", p);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("base_bytes", sent * sums.base());
            figures.put("houlsby_bytes", sent * sums.houlsby());
            figures.put("pfeiffer_bytes", sent * sums.pfeiffer());
            figures.put("lora_bytes", sent * sums.lora());
            all.add(new StudyResult.Row(what, figures, Map.of()));
            rows.add(List.of(
                    name,
                    String.valueOf(p),
                    megabytes(sent * sums.base()),
                    megabytes(sent * sums.houlsby()),
                    megabytes(sent * sums.pfeiffer()),
                    megabytes(sent * sums.lora()),
                    Numbers.fixed(100.0 * sums.houlsby() / sums.base(), 1),
                    Numbers.fixed(100.0 * sums.lora() / sums.base(), 4)));
        }
    }

    private static String megabytes(double bytes) {
        return Numbers.fixed(bytes / 1e6, 2);
    }
}
