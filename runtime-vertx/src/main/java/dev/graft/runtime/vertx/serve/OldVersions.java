package dev.graft.runtime.vertx.serve;

import dev.graft.peft.spi.file.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which old versions of an adapter the disk need not hold any more, and deletes them. */
final class OldVersions {
    private static final Logger LOG = LoggerFactory.getLogger(OldVersions.class);

    private final Path folder;
    private final int most;

    /**
     * Keeps so many.
     *
     * @param folder holds versions as name/digest
     */
    OldVersions(Path folder, int most) {
        this.folder = folder;
        this.most = most;
    }

    /** All versions of a name on the disk, the last written first. */
    List<Path> of(String name) {
        Path all = folder.resolve(name);
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> each = Files.list(all)) {
            return each.filter(VersionFiles::isAdapter)
                    .sorted(Comparator.comparing(OldVersions::written).reversed())
                    .toList();
        } catch (IOException e) {
            LOG.warn("the versions of {} cannot be listed: {}", name, e.toString());
            return List.of();
        }
    }

    private static long written(Path version) {
        try {
            return Files.getLastModifiedTime(version).toMillis();
        } catch (IOException e) {
            return 0; // it is gone
        }
    }

    /**
     * Those beyond the ones that were used last. What is in use, pinned or the newest stays beside them.
     *
     * @param there as {@link #of} lists them
     * @param known what the store knows of a digest, or null
     */
    List<Path> surplus(List<Path> there, Function<String, Version> known, Version newest) {
        List<Path> unused = new ArrayList<>();
        for (Path each : there) {
            Version version = known.apply(each.getFileName().toString());
            if (version == null || version != newest && version.users == 0 && !version.pinned) {
                unused.add(each);
            }
        }
        unused.sort(Comparator.comparingLong((Path each) -> {
                    Version version = known.apply(each.getFileName().toString());
                    return version == null ? 0 : version.used;
                })
                .reversed());
        return unused.subList(Math.min(most, unused.size()), unused.size());
    }

    void delete(Path version) {
        try {
            AtomicFiles.delete(version);
            LOG.info("the old version {} is deleted", folder.relativize(version));
        } catch (IOException e) {
            LOG.warn("the old version {} cannot be deleted: {}", version, e.toString());
        }
    }
}
