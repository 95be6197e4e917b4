package dev.graft.transformer.model.hub;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.weights.ShardIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A hub of models: fetches what Graft reads of one into the cache, and finds there what was fetched. Other processes,
 * Python's too, may use the cache at the same time.
 */
public final class Hub {
    private final HubSettings settings;

    /** A hub that is reached as the settings say. */
    public Hub(HubSettings settings) {
        this.settings = settings;
    }

    /**
     * A model in the cache.
     *
     * @param commit that it is
     * @param directory with its files
     */
    public record Snapshot(String commit, Path directory) {}

    /**
     * Fetches the files of a model that Graft reads, or looks whether they are there where the settings forbid to ask.
     *
     * @param named files to fetch in place of the weights; empty for those that there are
     * @throws SettingsException if the hub has no such model, or none that can be read
     * @throws HubException if the hub does not answer, or answers with what cannot be right; what has come of a file
     *     stays for the next attempt
     */
    public Snapshot pull(HubRepository repository, Collection<String> named, PullProgress progress) throws IOException {
        if (settings.offline()) {
            Snapshot there = find(repository);
            if (there == null) {
                throw new SettingsException(repository + " was not pulled to " + settings.cache()
                        + ", and HF_HUB_OFFLINE forbids to ask the hub; unset it");
            }
            return there;
        }
        HubHttp http = new HubHttp(settings);
        HubApi api = new HubApi(settings, http, repository);
        HubApi.Listing listing = api.listing();
        List<String> needed = new ArrayList<>(new NeededFiles(repository, listing.files()).choose(named));
        Pull pull = new Pull(http, api, new HubCache(settings.cache(), repository), listing.commit(), progress);
        if (needed.contains(NeededFiles.INDEX)) {
            pull.fetch(List.of(NeededFiles.INDEX));
            needed.addAll(shards(pull.file(NeededFiles.INDEX), listing));
        }
        return pull.fetch(needed).done();
    }

    private static List<String> shards(Path index, HubApi.Listing listing) throws IOException {
        List<String> shards = List.copyOf(ShardIndex.read(index).keySet());
        for (String shard : shards) {
            if (!listing.files().contains(shard)) {
                throw new HubException(index.getFileName() + " names " + shard + ", which the hub does not have");
            }
        }
        return shards;
    }

    /** The model as it was fetched before, or null. Nothing is asked of the hub. */
    public Snapshot find(HubRepository repository) throws IOException {
        HubCache cache = new HubCache(settings.cache(), repository);
        String commit = cache.commit();
        if (commit == null || !Files.isDirectory(cache.snapshot(commit))) {
            return null;
        }
        return new Snapshot(commit, cache.snapshot(commit));
    }
}
