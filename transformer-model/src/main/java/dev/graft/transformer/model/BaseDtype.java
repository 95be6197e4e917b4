package dev.graft.transformer.model;

import dev.graft.peft.spi.SettingsException;
import dev.graft.transformer.model.weights.Compaction;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How the matrices of a frozen base are kept in memory. Adapters, norms and biases are floats always. */
public enum BaseDtype {
    /** As floats, but quantised as the file has them. */
    STORED("stored", Compaction.STORED),
    /** As floats. */
    F32("f32", Compaction.F32),
    /** The upper half of each float. */
    BF16("bf16", Compaction.BF16),
    /** A byte each, and a factor a row. */
    INT8("int8", Compaction.INT8),
    /** 4 bits each, and a factor for every 32 neighbours in a row. */
    INT4("int4", Compaction.INT4);

    private final String label;
    private final Compaction compaction;

    BaseDtype(String label, Compaction compaction) {
        this.label = label;
        this.compaction = compaction;
    }

    /**
     * The one of this name.
     *
     * @throws SettingsException if there is none
     */
    public static BaseDtype named(String name) {
        return Arrays.stream(values())
                .filter(each -> each.label.equals(name))
                .findFirst()
                .orElseThrow(() -> new SettingsException("--base-dtype is " + name + "; allowed: "
                        + Arrays.stream(values()).map(each -> each.label).collect(Collectors.joining(", "))));
    }

    /** Its name in settings. */
    public String label() {
        return label;
    }

    Compaction compaction() {
        return compaction;
    }
}
