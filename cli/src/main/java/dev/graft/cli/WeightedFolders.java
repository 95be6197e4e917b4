package dev.graft.cli;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.file.GraftNotes;
import dev.graft.peft.spi.file.Hashes;
import dev.graft.training.plan.Build;
import dev.graft.transformer.model.Adapter;
import dev.graft.transformer.model.AdapterFolder;
import dev.graft.transformer.model.BaseModel;
import dev.graft.transformer.model.WeightedAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Stored adapters, each with a weight, out of which a command makes another one. */
final class WeightedFolders implements AutoCloseable {
    /**
     * An adapter's folder, or a run's, and its weight.
     *
     * @param weight factor on what the adapter changes
     */
    record Share(Path folder, double weight) {}

    private final BaseModel base;
    private final List<Share> shares;
    private final List<WeightedAdapter> parts = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();

    /** Loads all of them; they are closed with this. */
    WeightedFolders(BaseModel base, PeftMethods methods, List<Share> shares) throws IOException {
        this.base = base;
        this.shares = shares;
        try {
            for (Share share : shares) {
                AdapterFolder.Stored stored = AdapterFolder.load(base, methods, share.folder());
                parts.add(new WeightedAdapter(stored.adapter(), share.weight()));
                lengths.add(stored.notes().maxLength());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The adapters. */
    List<WeightedAdapter> parts() {
        return parts;
    }

    /**
     * Writes an adapter that was made of them, with notes on what it was made of; of the longest texts that they were
     * trained on the longest counts.
     *
     * @param seed of what was drawn; null for nothing
     * @param how it was made, so that it can be made again
     */
    void save(Path output, Adapter made, Long seed, Map<String, Object> how) throws IOException {
        List<Map<String, Object>> from = new ArrayList<>();
        for (Share share : shares) {
            from.add(Map.of(
                    "tensors_hash",
                    Hashes.sha256(share.folder().resolve("adapter_model.safetensors")),
                    "weight",
                    share.weight()));
        }
        Map<String, Object> whole = new LinkedHashMap<>(how);
        whole.put("adapters", from);
        whole.values().removeIf(Objects::isNull);
        GraftNotes notes = new GraftNotes(
                Build.get("version"),
                base.fingerprint(),
                base.tokenizer().hash(),
                seed,
                null,
                made.labels(),
                lengths.stream().filter(Objects::nonNull).max(Integer::compare).orElse(null),
                Map.of(),
                whole);
        AdapterFolder.save(output, base, made, notes, false);
    }

    @Override
    public void close() {
        parts.forEach(part -> part.adapter().close());
    }
}
