package dev.graft.training;

import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.file.AtomicFiles;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.Json;
import dev.graft.peft.spi.file.SafetensorsFile;
import dev.graft.peft.spi.file.SafetensorsWriter;
import dev.graft.training.optimizer.AdamState;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's folder: run.json from the start, metrics.jsonl as it goes, checkpoint/ to resume from, best/ with the best
 * adapter by validation, and the adapter of the last step at its end.
 */
public final class RunFolder implements RunStore, AutoCloseable {
    private static final String RECORD = "run.json";
    private static final String CHECKPOINT = "checkpoint";
    private static final String STATE = "state.json";
    private static final String TENSORS = "state.safetensors";

    private final Path folder;
    private final BaseModel base;
    private final GraftNotes notes;
    private final Map<String, ?> record;
    private final boolean resumed;
    private final MetricsFile metrics;

    private RunFolder(Path folder, BaseModel base, GraftNotes notes, Map<String, ?> record, boolean resumed) {
        this.folder = folder;
        this.base = base;
        this.notes = notes;
        this.record = record;
        this.resumed = resumed;
        this.metrics = new MetricsFile(folder.resolve("metrics.jsonl"));
    }

    /**
     * A new run in a folder that does not exist yet or is empty; nothing is written before the run begins.
     *
     * @param record what determines the adapter, which a resumed run must have the same, and notes
     * @throws java.nio.file.FileAlreadyExistsException if the folder holds something
     */
    public static RunFolder create(Path folder, BaseModel base, GraftNotes notes, Map<String, ?> record)
            throws IOException {
        AtomicFiles.requireFree(folder);
        return new RunFolder(folder, base, notes, record, false);
    }

    /**
     * Opens the folder of a run that was cut off.
     *
     * @param identity those keys of the record that must be the same
     * @throws dev.graft.peft.spi.SettingsException if base, data, settings or seed are not those of the run
     * @throws FinishedRunException if they are, and the run is finished
     */
    public static RunFolder open(Path folder, BaseModel base, GraftNotes notes, Map<String, ?> identity)
            throws IOException {
        Path recorded = folder.resolve(RECORD);
        if (!Files.exists(recorded)) {
            throw new NoSuchFileException(
                    recorded.toString(), null, "--resume needs the folder of a run; to start one, leave it out");
        }
        Map<String, Object> record = Json.read(recorded);
        RunIdentity.check(folder, record, identity);
        AtomicFiles.recover(folder);
        return new RunFolder(folder, base, notes, record, true);
    }

    @Override
    public void begin() throws IOException {
        if (!resumed) {
            AtomicFiles.folder(folder, inside -> Files.writeString(inside.resolve(RECORD), Json.pretty(record) + "\n"));
        }
    }

    @Override
    public void step(long step, double loss, double learningRate) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("loss", loss);
        line.put("learning_rate", learningRate);
        metrics.add(line);
    }

    @Override
    public void evaluation(long step, Evaluation evaluation) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("validation_loss", evaluation.loss());
        evaluation.toMap().forEach((key, value) -> {
            if (!key.equals("rows") && !key.equals("tokens")) {
                line.put("validation_" + key, value);
            }
        });
        metrics.add(line);
    }

    @Override
    public void best(Adapter adapter, TrainingState state) throws IOException {
        AdapterFolder.save(folder.resolve("best"), base, adapter, notes, true);
    }

    @Override
    public void checkpoint(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState state) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (AdapterParameter parameter : tensors.trained()) {
            writer.add(
                    "value." + parameter.name(),
                    parameter.shape(),
                    parameter.tensor().toArray());
        }
        for (AdapterParameter remembered : tensors.states()) {
            writer.add(
                    "state." + remembered.name(),
                    remembered.shape(),
                    remembered.tensor().toArray());
        }
        AdamState adam = optimizer.state();
        for (AdamState.Moments moments : adam.moments()) {
            writer.add("mean." + moments.name(), new long[] {moments.mean().length}, moments.mean());
            writer.add("square." + moments.name(), new long[] {moments.square().length}, moments.square());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", state.step());
        json.put("tokens", state.tokens());
        json.put("last", state.last() == null ? null : state.last().toMap());
        json.put("best", state.best() == null ? null : state.best().toMap());
        json.put("best_step", state.bestStep());
        json.put("worse", state.worse());
        json.put("optimizer_steps", adam.steps());
        AtomicFiles.folder(folder.resolve(CHECKPOINT), existing -> Files.exists(existing.resolve(STATE)), inside -> {
            writer.write(inside.resolve(TENSORS));
            Files.writeString(inside.resolve(STATE), Json.pretty(json));
        });
    }

    @Override
    public TrainingState restore(AdapterTensors tensors, AdapterOptimizer optimizer, TrainingState start)
            throws IOException {
        Path from = folder.resolve(CHECKPOINT);
        if (!Files.exists(from)) {
            metrics.cutAfter(0);
            return start;
        }
        Map<String, Object> json = Json.read(from.resolve(STATE));
        try (SafetensorsFile file = SafetensorsFile.open(from.resolve(TENSORS))) {
            List<AdamState.Moments> moments = new ArrayList<>();
            for (AdapterParameter parameter : tensors.trained()) {
                Tiles.write(file.floats("value." + parameter.name()), parameter.tensor());
                moments.add(new AdamState.Moments(
                        parameter.name(),
                        file.floats("mean." + parameter.name()),
                        file.floats("square." + parameter.name())));
            }
            for (AdapterParameter remembered : tensors.states()) {
                Tiles.write(file.floats("state." + remembered.name()), remembered.tensor());
            }
            optimizer.restore(new AdamState(number(json, "optimizer_steps").longValue(), moments));
        }
        TrainingState state = new TrainingState(
                number(json, "step").longValue(),
                number(json, "tokens").longValue(),
                evaluation(json, "last"),
                evaluation(json, "best"),
                number(json, "best_step").longValue(),
                number(json, "worse").intValue());
        metrics.cutAfter(state.step());
        return state;
    }

    private static Number number(Map<String, Object> json, String key) {
        return (Number) json.get(key);
    }

    private static Evaluation evaluation(Map<String, Object> json, String key) {
        return json.get(key) instanceof Map<?, ?> map ? Evaluation.of(map) : null;
    }

    /** Writes the adapter of the last step, adds the result to the record, and removes the checkpoint. */
    public void finish(Adapter adapter, Map<String, ?> result) throws IOException {
        AdapterFolder.saveInto(folder, base, adapter, notes);
        Map<String, Object> whole = new LinkedHashMap<>(record);
        whole.put(RunIdentity.FINISHED, result);
        AtomicFiles.write(folder.resolve(RECORD), Json.pretty(whole) + "\n");
        AtomicFiles.delete(folder.resolve(CHECKPOINT));
    }

    @Override
    public String where() {
        return " in " + folder.resolve(CHECKPOINT) + " (go on from it with --resume)";
    }

    @Override
    public void close() throws IOException {
        metrics.close();
    }
}
