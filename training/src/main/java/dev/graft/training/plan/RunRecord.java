package dev.graft.training.plan;

import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.training.Memory;
import dev.graft.training.TrainingSettings;
import dev.graft.training.TrainingState;
import dev.graft.training.data.Split;
import dev.graft.transformer.model.BaseDtype;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** What run.json says of a run: everything that is needed to repeat it. */
public final class RunRecord {
    private final BaseModel base;
    private final RunStart start;
    private final TrainingSettings settings;
    private final Workers workers;
    private final String fingerprint;

    /** The record of a run that is about to begin. */
    public RunRecord(BaseModel base, RunStart start, TrainingSettings settings, Workers workers) throws IOException {
        this.base = base;
        this.start = start;
        this.settings = settings;
        this.workers = workers;
        this.fingerprint = base.fingerprint();
    }

    /** Hash of the base's weights before the run. */
    public String fingerprint() {
        return fingerprint;
    }

    /** What determines the adapter: a resumed run must have the same. */
    public Map<String, Object> identity() {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("method", start.adapter().method());
        identity.put("method_settings", start.adapter().settings());
        identity.put("init_adapter", start.origin());
        if (start.below() != null) {
            identity.put("on_adapter", start.below());
        }
        identity.put("labels", start.data().labels());
        identity.put("training", settings.toMap());
        identity.put("math", workers.math().label());
        identity.put("base", baseIdentity());
        identity.put("data", Map.of("hash", start.data().hash()));
        Map<String, Object> versions = Machine.versions(workers);
        identity.put("versions", Map.of("graft", versions.get("graft"), "kernels", versions.get("kernels")));
        return identity;
    }

    private Map<String, Object> baseIdentity() {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("fingerprint", fingerprint);
        identity.put("tokenizer_hash", base.tokenizer().hash());
        if (base.dtype() != BaseDtype.STORED) {
            identity.put("dtype", base.dtype().label());
        }
        return identity;
    }

    /**
     * All that is known before the first step.
     *
     * @param command that starts the same run, as it would be typed
     * @param source of the data, as it was given
     */
    public Map<String, Object> whole(String command, String source, Clock clock) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("command", command);
        whole.put("working_directory", Path.of("").toAbsolutePath().toString());
        whole.put("started", clock.instant().toString());
        whole.putAll(identity());
        whole.put("seed", settings.seed());
        whole.put("base", base());
        whole.put("data", data(source));
        whole.put("trainable", start.adapter().trainedCount());
        whole.put("versions", Machine.versions(workers));
        whole.put("cpu", Machine.cpu());
        whole.put("threads", workers.threads());
        return whole;
    }

    private Map<String, Object> base() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("directory", base.directory().toString());
        map.put("family", base.config().modelType());
        map.put("parameters", base.shape().parameters());
        map.putAll(baseIdentity());
        return map;
    }

    private Map<String, Object> data(String source) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("source", source);
        map.put("hash", start.data().hash());
        for (Split split : Split.values()) {
            map.put(split.file(), start.data().size(split));
        }
        return map;
    }

    /** What is noted beside the adapter. */
    public GraftNotes notes() {
        return new GraftNotes(
                Build.get("version"),
                fingerprint,
                base.tokenizer().hash(),
                settings.seed(),
                start.data().hash(),
                start.data().labels(),
                settings.maxLength(),
                Map.of("pooling", base.pooling()),
                settings.toMap());
    }

    /**
     * What came out of the run.
     *
     * @param from steps done by earlier processes
     * @param truncated rows that were longer than allowed
     * @param seconds that this process took
     * @param tokensPerSecond in this process
     */
    public static Map<String, Object> result(
            TrainingState state, long from, int truncated, double seconds, double tokensPerSecond, Clock clock) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("at", clock.instant().toString());
        result.put("steps", state.step());
        result.put("resumed_after_step", from);
        result.put("tokens", state.tokens());
        result.put("truncated_rows", truncated);
        result.put("seconds", seconds);
        result.put("tokens_per_s", Math.round(tokensPerSecond));
        result.put("peak_rss_mib", Memory.peakMiB());
        result.put("final_validation", state.last().toMap());
        Map<String, Object> best = new LinkedHashMap<>();
        best.put("step", state.bestStep());
        best.putAll(state.best().toMap());
        result.put("best_validation", best);
        return result;
    }
}
