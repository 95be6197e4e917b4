package dev.graft.transformer.model;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.FileFormatException;
import dev.graft.transformer.model.architecture.LanguageHead;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Adapters of AdapterHub's library as those of a method and a base. Tensors of bottlenecks move from the library's own
 * modules to the sub-layers that they act at: the library puts modules into the classes of BERT's kind (attention.output
 * and output), and beside the sub-layers of others (attention_adapters, cross_attention_adapters, output_adapters).
 */
final class AdapterHubNames {
    private static final String ROOT = "base_model.model.";
    private static final String BETWEEN = ".adapters.";

    /** What chooses the method, and is no setting of it. */
    private static final Set<String> CHOICE = Set.of("is_parallel", "original_ln_before");

    private static final String KIND = "architecture";
    private static final String PREFIX = "prefix_tuning";

    private final List<Site> sites;
    private final int width;
    private final boolean distances;

    private AdapterHubNames(BaseModel base) {
        sites = base.shape().sites();
        width = base.shape().keyValueHeads() * base.shape().headSize();
        distances = base.config().plan().last().style().distances() != null;
    }

    /** The id of the installed method that AdapterHub's library means by a configuration; empty if there is none. */
    static Optional<String> id(PeftMethods methods, Map<String, ?> config) {
        return methods.idOfAdapterHub(config);
    }

    /**
     * A record that AdapterHub's library wrote, as one of a method and a base; others stay as they are.
     *
     * @throws FileFormatException if no method is meant by it, or the base has no such sub-layers
     */
    static AdapterRecord settled(BaseModel base, PeftMethods methods, AdapterRecord record, Path folder)
            throws FileFormatException {
        if (!record.method().equals(AdapterFiles.ADAPTER_HUB)) {
            return record;
        }
        String id = id(methods, record.settings())
                .orElseThrow(() -> new FileFormatException(
                        folder,
                        "is an adapter of AdapterHub that none of the installed methods is: " + record.settings()));
        String type = methods.get(id).peftType().toLowerCase(Locale.ROOT).replace('_', '-');
        try {
            return new AdapterHubNames(base).settled(withoutOwnBias(base, record), type);
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(
                    folder, "does not fit the base in " + base.directory() + ": " + e.getMessage(), e);
        }
    }

    /** The library takes a bias on the logits for part of the head: it is the base's own, or else not supported. */
    private static AdapterRecord withoutOwnBias(BaseModel base, AdapterRecord record) {
        LanguageHead language = base.transformer().language();
        if (language == null || language.bias() == null) {
            return record;
        }
        Map<String, AdapterTensor> tensors = new LinkedHashMap<>(record.tensors());
        String name = ROOT + language.plan().bias();
        if (tensors.containsKey(name)
                && Arrays.equals(tensors.get(name).values(), language.bias().copy())) {
            tensors.remove(name);
        }
        return with(record, record.method(), record.settings(), record.beyondPeft(), tensors);
    }

    private AdapterRecord settled(AdapterRecord record, String type) {
        Map<String, Object> config = record.settings();
        if (PREFIX.equals(config.get(KIND))) {
            if (distances) {
                throw new IllegalArgumentException("AdapterHub's library puts the rows of a prefix between queries and"
                        + " keys in T5's distances, and so moves the text away from itself; that is not supported");
            }
            Map<Side, Long> layers = sites.stream()
                    .filter(site -> site.slot() == Slot.CACHE)
                    .collect(Collectors.groupingBy(Site::side, Collectors.counting()));
            AdapterHubPrefix prefix = new AdapterHubPrefix(layers.size() > 1, config, record.tensors(), layers, width);
            return with(record, type, prefix.settings(), prefix.beyondPeft(), prefix.tensors());
        }
        if (config.containsKey(KIND)) {
            AdapterHubLowRank low = new AdapterHubLowRank(sites, config, record.tensors());
            return with(record, type, low.settings(), Set.of(), low.tensors());
        }
        Map<String, Object> settings = new LinkedHashMap<>(config);
        settings.keySet().removeAll(CHOICE);
        return with(record, type, settings, record.beyondPeft(), moved(record.tensors()));
    }

    private static AdapterRecord with(
            AdapterRecord record,
            String type,
            Map<String, Object> settings,
            Set<String> beyondPeft,
            Map<String, AdapterTensor> tensors) {
        return new AdapterRecord(type, record.peft(), settings, beyondPeft, tensors, record.notes());
    }

    private Map<String, AdapterTensor> moved(Map<String, AdapterTensor> tensors) {
        Map<String, AdapterTensor> moved = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            int at = name.indexOf(BETWEEN);
            boolean theirs = at > ROOT.length() && name.startsWith(ROOT);
            String below = theirs ? "." + name.substring(at + BETWEEN.length()) : "";
            moved.put(theirs ? ROOT + site(name.substring(ROOT.length(), at)).path() + below : name, tensor);
        });
        return moved;
    }

    private Site site(String module) {
        Slot slot =
                module.endsWith("output_adapters") || module.endsWith(".output") && !module.endsWith("attention.output")
                        ? Slot.MLP_BLOCK
                        : Slot.ATTENTION_BLOCK;
        boolean cross = module.endsWith("cross_attention_adapters");
        return sites.stream()
                .filter(site -> site.slot() == slot && (site.side() == Side.CROSS) == cross)
                .max(Comparator.comparingInt(site -> same(site.path(), module)))
                .filter(site -> same(site.path(), module) > layer(site))
                .orElseThrow(() -> new IllegalArgumentException(
                        "tensors of the module " + module + " fit no sub-layer of this base"));
    }

    /** Segments in front of a path that another has too. */
    private static int same(String path, String other) {
        String[] one = path.split("\\.");
        String[] two = other.split("\\.");
        int count = 0;
        while (count < Math.min(one.length, two.length) && one[count].equals(two[count])) {
            count++;
        }
        return count;
    }

    /** The place of the layer's number among a path's segments. */
    private static int layer(Site site) {
        return List.of(site.path().split("\\.")).indexOf(Integer.toString(site.layer()));
    }
}
