package dev.graft.runtime.vertx.serve;

import dev.graft.runtime.vertx.message.Addresses;
import dev.graft.runtime.vertx.message.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the folder of a store again and again: new and changed adapters become versions, and the names of folders
 * that are gone are forgotten. A folder is read when it has been the same at two looks, so that one that is being
 * copied is not taken for broken.
 */
public final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final AdapterStore store;
    private final Map<String, String> seen = new HashMap<>();
    private final Map<String, String> done = new HashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "graft-adapters");
        made.setDaemon(true);
        return made;
    });
    private boolean first = true;

    /** Looks at once, and then each time so many milliseconds have passed. */
    public FolderWatch(AdapterStore store, long millis) {
        this.store = store;
        thread.scheduleWithFixedDelay(this::look, 0, millis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try (Stream<Path> folders = Files.list(store.folder())) {
            Set<String> there = new HashSet<>();
            for (Path each : folders.filter(Files::isDirectory).sorted().toList()) {
                String name = each.getFileName().toString();
                if (!name.startsWith(".") && VersionFiles.isAdapter(each)) {
                    there.add(name);
                    look(name, each);
                }
            }
            for (String name : List.copyOf(done.keySet())) {
                if (!there.contains(name)) {
                    done.remove(name);
                    seen.remove(name);
                    store.forget(name);
                    LOG.info("the adapter {} is gone", name);
                }
            }
            first = false;
        } catch (IOException | RuntimeException e) {
            LOG.warn("the folder {} cannot be read: {}", store.folder(), e.getMessage());
        }
    }

    private void look(String name, Path folder) throws IOException {
        String stamp = VersionFiles.stamp(folder);
        boolean settled = first || stamp.equals(seen.put(name, stamp));
        if (!settled || stamp.equals(done.get(name))) {
            return;
        }
        done.put(name, stamp);
        try {
            Addresses.name("adapter", name);
            LOG.info("the adapter {} is there", store.adopt(name, folder, true).id());
        } catch (IOException | Failure e) {
            store.refuse(name, e.getMessage());
            LOG.warn("the folder {} is not used: {}", name, e.getMessage());
        }
    }

    /** Looks no more. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
