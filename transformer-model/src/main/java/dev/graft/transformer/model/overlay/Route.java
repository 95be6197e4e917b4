package dev.graft.transformer.model.overlay;

import dev.graft.autograd.Sequences;
import dev.graft.peft.spi.Hook;
import dev.graft.peft.spi.Site;

/**
 * Neighbouring sequences of a batch that use one adapter, or none.
 *
 * @param overlay the adapter, or null for the bare base
 * @param first number of the first sequence in the batch
 * @param count number of sequences
 */
public record Route(Overlay overlay, int first, int count) {
    /** What the adapter does at a site. */
    Hook hook(Site site) {
        return overlay == null ? Hook.NONE : overlay.hook(site);
    }

    /** The sequences' places, counted from the first one's start. */
    Sequences relative(Sequences all) {
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = all.length(first + i);
        }
        return Sequences.packed(lengths);
    }

    /** First row of the route in [tokens, width] values. */
    int from(Sequences all) {
        return all.start(first);
    }

    /** Row behind its last one. */
    int to(Sequences all) {
        int last = first + count - 1;
        return all.start(last) + all.length(last);
    }
}
