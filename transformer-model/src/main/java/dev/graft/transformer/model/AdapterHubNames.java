package dev.graft.transformer.model;

import dev.graft.peft.spi.PeftMethods;
import dev.graft.peft.spi.Side;
import dev.graft.peft.spi.Site;
import dev.graft.peft.spi.Slot;
import dev.graft.peft.spi.file.AdapterFiles;
import dev.graft.peft.spi.file.AdapterRecord;
import dev.graft.peft.spi.file.AdapterTensor;
import dev.graft.peft.spi.file.FileFormatException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Moves tensors of AdapterHub's bottlenecks from the library's own modules to the sub-layers that they act at. The library
 * puts modules into the classes of BERT's kind (attention.output and output), and beside the sub-layers of others
 * (attention_adapters, cross_attention_adapters, output_adapters).
 */
final class AdapterHubNames {
    private static final String ROOT = "base_model.model.";
    private static final String BETWEEN = ".adapters.";

    /** What chooses the method, and is no setting of it. */
    private static final Set<String> CHOICE = Set.of("is_parallel", "original_ln_before");

    private final List<Site> sites;

    private AdapterHubNames(BaseModel base) {
        sites = base.shape().sites();
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
        String id = methods.idOfAdapterHub(record.settings())
                .orElseThrow(() -> new FileFormatException(
                        folder,
                        "is a bottleneck of AdapterHub that none of the installed methods is: " + record.settings()));
        Map<String, Object> settings = new LinkedHashMap<>(record.settings());
        settings.keySet().removeAll(CHOICE);
        try {
            return new AdapterRecord(
                    methods.get(id).peftType().toLowerCase(Locale.ROOT).replace('_', '-'),
                    record.peft(),
                    settings,
                    record.beyondPeft(),
                    new AdapterHubNames(base).moved(record.tensors()),
                    record.notes());
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(
                    folder, "does not fit the base in " + base.directory() + ": " + e.getMessage(), e);
        }
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
