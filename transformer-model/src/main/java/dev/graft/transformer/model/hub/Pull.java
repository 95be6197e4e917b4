package dev.graft.transformer.model.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fetches files of one commit into a snapshot. */
final class Pull {
    private final HubHttp http;
    private final HubApi api;
    private final HubCache cache;
    private final String commit;
    private final PullProgress progress;

    Pull(HubHttp http, HubApi api, HubCache cache, String commit, PullProgress progress) {
        this.http = http;
        this.api = api;
        this.cache = cache;
        this.commit = commit;
        this.progress = progress;
    }

    /** Where a file of the snapshot is. */
    Path file(String name) {
        return cache.file(commit, name);
    }

    /** Fetches those that are not there yet; all are asked for before the first is fetched. */
    Pull fetch(List<String> names) throws IOException {
        List<FileFacts> lacking = new ArrayList<>();
        for (String name : names) {
            if (!Files.exists(file(NeededFiles.inside(name)))) {
                lacking.add(api.facts(commit, name));
            }
        }
        long bytes = 0;
        for (FileFacts facts : lacking) {
            bytes += Files.exists(cache.blob(facts.etag())) ? 0 : facts.size();
        }
        if (!lacking.isEmpty()) {
            progress.begins(lacking.size(), bytes);
        }
        for (FileFacts facts : lacking) {
            fetch(facts);
        }
        return this;
    }

    private void fetch(FileFacts facts) throws IOException {
        Path blob = cache.blob(facts.etag());
        try (CacheLock alone = CacheLock.take(cache.lock(facts.etag()))) {
            if (alone.isHeld() && !Files.exists(blob)) {
                new Download(http, api, facts, cache.incomplete(facts.etag()), progress)
                        .to(blob, api.file(commit, facts.name()));
            }
            cache.link(commit, facts.name(), facts.etag());
        }
    }

    /** All is there: from now on the revision means this commit. */
    Hub.Snapshot done() throws IOException {
        cache.remember(commit);
        return new Hub.Snapshot(commit, cache.snapshot(commit));
    }
}
